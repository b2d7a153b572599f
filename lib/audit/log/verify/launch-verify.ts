import { Worker } from 'node:worker_threads';

/** Starts a thread that does what it is sent. Loaded when one is needed only: some test runners know no `import.meta`. */
export function launchVerifyWorker(): Worker {
  // Neither options nor variables of the application's process change what is verified.
  return new Worker(new URL('./verify.worker.js', import.meta.url), { execArgv: [], env: {} });
}
