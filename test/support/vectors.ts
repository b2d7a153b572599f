import { readFileSync } from 'node:fs';

/** Reads published test data from `test/vectors/`. */
export function readVectors<T>(path: string): T {
  return JSON.parse(readFileSync(`test/vectors/${path}`, 'utf8')) as T;
}
