import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

const SCRIPT = `
import sys, time, cryptography
from cryptography.fernet import Fernet
f = Fernet(sys.argv[1].encode())
print(cryptography.__version__, sys.version.split()[0], flush=True)
for line in sys.stdin:
    verb, size, calls = line.split()
    data = b"x" * int(size)
    call, given = (f.encrypt, data) if verb == "encrypt" else (f.decrypt, f.encrypt(data))
    call(given)
    start = time.perf_counter_ns()
    for _ in range(int(calls)):
        call(given)
    print((time.perf_counter_ns() - start) / int(calls) / 1000, flush=True)
`;

/** Python's `cryptography` in a process of its own, which measures itself. */
export interface PythonFernet {
  readonly version: string;
  /** Microseconds a call. */
  time(verb: 'encrypt' | 'decrypt', size: number, calls: number): Promise<number>;
  stop(): void;
}

/** Starts it; `undefined` where Python has no `cryptography`. */
export async function startPython(key: string): Promise<PythonFernet | undefined> {
  const child = spawn('python3', ['-c', SCRIPT, key], { stdio: ['pipe', 'pipe', 'ignore'] });
  const answers = answersOf(child);
  const { value: version } = await answers.next();
  if (version === undefined) return undefined;
  return {
    version,
    time: async (verb, size, calls) => {
      child.stdin.write(`${verb} ${size} ${calls}\n`);
      return Number((await answers.next()).value);
    },
    stop: () => child.stdin.end(),
  };
}

async function* answersOf(
  child: ChildProcessByStdio<Writable, Readable, null>,
): AsyncGenerator<string, undefined> {
  const started = once(child, 'spawn').then(
    () => true,
    () => false,
  );
  if (!(await started)) return undefined;
  yield* createInterface({ input: child.stdout });
  return undefined;
}
