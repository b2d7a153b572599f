import type { Worker } from 'node:worker_threads';
import { runTask, type VerifyResults, type VerifyTask } from './verify-task.js';

interface Waiting {
  readonly task: VerifyTask;
  readonly settle: (value: unknown) => void;
}

/**
 * Does tasks in other threads. Whatever a thread does not do, since it could not be started, failed or
 * ended, is done in the calling one.
 */
export class TaskRunner {
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Waiting>();
  readonly #waiting: Waiting[] = [];
  #isClosed = false;

  /** @param threads how many; 0 for the calling one */
  static async start(threads: number): Promise<TaskRunner> {
    const runner = new TaskRunner();
    try {
      const { launchVerifyWorker } = await import('./launch-verify.js');
      for (let count = 0; count < threads; count += 1) runner.#adopt(launchVerifyWorker());
    } catch {
      // A system that gives no more threads, or a test runner that cannot load the file.
    }
    return runner;
  }

  /** How many tasks it is worth to ask for at a time. */
  get width(): number {
    return Math.max(1, (this.#idle.length + this.#busy.size) * 2);
  }

  /** @throws AuditError `AUDIT_LOG_UNREADABLE` */
  async run<Kind extends VerifyTask['kind']>(
    task: VerifyTask & { readonly kind: Kind },
  ): Promise<VerifyResults[Kind]> {
    const value = await this.#runElsewhere(task);
    if (this.#isClosed) throw new Error('nobody waits for this any more');
    return (value ?? (await runTask(task))) as VerifyResults[Kind];
  }

  /** Ends the threads, whatever they are doing. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const workers = [...this.#idle.splice(0), ...this.#busy.keys()];
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  async #runElsewhere(task: VerifyTask): Promise<unknown> {
    if (this.#idle.length + this.#busy.size === 0) return undefined;
    return new Promise((settle) => {
      this.#waiting.push({ task, settle });
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#idle.length > 0 && this.#waiting.length > 0) {
      const [worker, next] = [this.#idle.pop(), this.#waiting.shift()];
      if (!worker || !next) return;
      this.#busy.set(worker, next);
      worker.postMessage(next.task, []);
    }
  }

  #adopt(worker: Worker): void {
    this.#idle.push(worker);
    worker.on('message', ({ value }: { value?: unknown }) => {
      this.#busy.get(worker)?.settle(value);
      this.#busy.delete(worker);
      this.#idle.push(worker);
      this.#dispatch();
    });
    // An error ends the thread, too.
    worker.on('error', () => undefined);
    worker.on('exit', () => this.#lose(worker));
  }

  #lose(worker: Worker): void {
    const lost = this.#busy.get(worker);
    this.#busy.delete(worker);
    const at = this.#idle.indexOf(worker);
    if (at !== -1) this.#idle.splice(at, 1);
    lost?.settle(undefined);
    if (this.#idle.length + this.#busy.size > 0) return;
    for (const { settle } of this.#waiting.splice(0)) settle(undefined);
  }
}
