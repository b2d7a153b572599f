import { appendFileSync } from 'node:fs';

/**
 * Notes that a part of the tests could not run here, and why. `summary.reporter.mjs` reads the file and
 * lists it in one line at the end of the run.
 */
export function notRun(what: string): void {
  appendFileSync('build/not-run.txt', `${what}\n`);
}
