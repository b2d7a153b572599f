import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const PROGRAM = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const RULES = resolve('test/architecture/import-rules.mjs');

/** A file that imports what it may not. */
export interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

/** What dependency-cruiser found in a folder `lib`. */
export interface Cruise {
  readonly modules: readonly {
    readonly source: string;
    readonly dependencies: readonly { readonly module: string }[];
  }[];
  readonly summary: { readonly violations: readonly Violation[] };
}

/** Lets dependency-cruiser judge the folder `lib` of a folder by import-rules.mjs. */
export async function cruise(folder: string): Promise<Cruise> {
  const args = [PROGRAM, '--config', RULES, '--output-type', 'json', 'lib'];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: folder,
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout) as Cruise;
}
