import type { Worker } from 'node:worker_threads';
import { jest } from '@jest/globals';
import { ThreadWriter } from '../../lib/audit/log/writer/thread-writer.js';

/** The writer threads that are begun from now on, to be killed. Restore the mocks of Jest afterwards. */
export function watchThreads(): Worker[] {
  const workers: Worker[] = [];
  const launch = ThreadWriter.launch.bind(ThreadWriter);
  jest.spyOn(ThreadWriter, 'launch').mockImplementation(async (data) => {
    const worker = await launch(data);
    workers.push(worker);
    return worker;
  });
  return workers;
}
