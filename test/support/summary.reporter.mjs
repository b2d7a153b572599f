import { existsSync, readFileSync, rmSync } from 'node:fs';

/** Written by `notRun()` of not-run.ts, in whichever worker a test runs. */
const NOT_RUN_FILE = 'build/not-run.txt';

/** Closes a run with the plain counts and, in one loud line, with what could not run on this machine. */
export default class SummaryReporter {
  onRunStart() {
    rmSync(NOT_RUN_FILE, { force: true });
  }

  onRunComplete(_contexts, results) {
    const notRun = existsSync(NOT_RUN_FILE)
      ? readFileSync(NOT_RUN_FILE, 'utf8').trim().split('\n')
      : [];
    if (notRun.length > 0) {
      console.error(`\n!!! NOT RUN ON THIS MACHINE: ${[...new Set(notRun)].join('; ')} !!!`);
    }
    const failedSuites = results.numRuntimeErrorTestSuites;
    console.error(
      `\n${results.numPassedTests} passed, ${results.numFailedTests + failedSuites} failed`,
    );
  }
}
