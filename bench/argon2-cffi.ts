import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { pythonWith } from '../test/support/python.js';

/** What one hash took: from the call to the answer, and the work of all processors. */
export interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
}

/** A Python process that hashes with argon2-cffi and measures itself. */
export interface Argon2Cffi {
  /** Its versions, in words. */
  readonly version: string;
  hash(): Promise<Cost>;
  stop(): void;
}

// The profile guide, as an answer to each line.
const SCRIPT = `
import argon2, json, platform, sys, time
from argon2.low_level import Type, hash_secret_raw
print(json.dumps(f"argon2-cffi {argon2.__version__} on Python {platform.python_version()}"), flush=True)
for line in iter(sys.stdin.readline, ""):
    started, cpu = time.perf_counter_ns(), time.process_time_ns()
    hash_secret_raw(b"correct horse battery staple", b"somesaltsomesalt", 3, 65536, 4, 32, Type.ID)
    ended, cpu_ended = time.perf_counter_ns(), time.process_time_ns()
    print(json.dumps({"ms": (ended - started) / 1e6, "cpuMs": (cpu_ended - cpu) / 1e6}), flush=True)
`;

/** Starts it; `undefined` when no Python on this machine has argon2-cffi. */
export async function startArgon2Cffi(): Promise<Argon2Cffi | undefined> {
  const python = pythonWith('argon2');
  if (python === undefined) return undefined;
  const { stdin, stdout } = spawn(python, ['-c', SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const answer = async <T>(): Promise<T> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error('Python ended');
    return JSON.parse(value) as T;
  };
  return {
    version: await answer<string>(),
    hash() {
      stdin.write('\n');
      return answer<Cost>();
    },
    stop: () => void stdin.end(),
  };
}
