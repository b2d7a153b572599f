import { Worker } from 'node:worker_threads';

/**
 * Starts the writer thread. Only here is the place of a file of this package needed: this module is
 * imported when a thread is wanted, since loaders that know no `import.meta` cannot load it.
 */
export function launchWriter(workerData: unknown): Worker {
  return new Worker(new URL('./writer.worker.js', import.meta.url), { workerData });
}
