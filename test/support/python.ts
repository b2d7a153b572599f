import { spawnSync } from 'node:child_process';

const CANDIDATES = [process.env['TEST_PYTHON'], 'python3', '/usr/bin/python3'].filter(
  (name) => name !== undefined,
);

/** A Python that has these modules; `undefined` when this machine has none. */
export function pythonWith(...modules: string[]): string | undefined {
  return CANDIDATES.find(
    (python) => spawnSync(python, ['-c', `import ${modules.join(', ')}`]).status === 0,
  );
}

/** Runs a script that reads JSON from its standard input and prints JSON. */
export function runPython<T>(python: string, script: string, input: unknown): T {
  const { status, stdout, stderr } = spawnSync(python, ['-c', script], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`Python failed: ${stderr}`);
  return JSON.parse(stdout) as T;
}
