/** What a job asks of the admission. */
export interface ModelJob {
  readonly name: string;
  readonly key: string;
  readonly memoryKiB: number;
  readonly deadline: number;
}

/** What a caller has heard: nothing yet, the end of its work, or why it was refused. */
export type Heard = 'open' | 'done' | 'queue-full' | 'deadline' | 'abort';

/** What the model knows of the limits. */
export interface ModelLimits {
  readonly concurrency: number;
  readonly memoryKiB: number;
  readonly maxQueued: number;
}

/** The rules of admission, written for the reader and not for speed. */
export class AdmissionModel {
  readonly started: string[] = [];
  readonly heard: Record<string, Heard> = {};
  running: ModelJob[] = [];
  /** The keys whose turn comes, first things first, each with its jobs. */
  lines: { readonly key: string; readonly jobs: ModelJob[] }[] = [];

  constructor(private readonly limits: ModelLimits) {}

  get waiting(): readonly ModelJob[] {
    return this.lines.flatMap(({ jobs }) => jobs);
  }

  get runningKiB(): number {
    return this.running.reduce((sum, { memoryKiB }) => sum + memoryKiB, 0);
  }

  arrive(job: ModelJob): void {
    this.heard[job.name] = 'open';
    const startsNow = this.waiting.length === 0 && this.#fits(job);
    if (!startsNow && this.waiting.length === this.limits.maxQueued && !this.#yieldTo(job.key)) {
      this.heard[job.name] = 'queue-full';
      return;
    }
    const line = this.lines.find(({ key }) => key === job.key);
    if (line) line.jobs.push(job);
    else this.lines.push({ key: job.key, jobs: [job] });
    this.#start();
  }

  end(job: ModelJob): void {
    this.running = this.running.filter((each) => each !== job);
    this.#answer(job, 'done');
    this.#start();
  }

  leave(leaving: readonly ModelJob[], reason: 'deadline' | 'abort'): void {
    for (const job of leaving) {
      this.#answer(job, reason);
      this.#remove(job);
    }
    this.#start();
  }

  #fits({ memoryKiB }: ModelJob): boolean {
    if (this.running.length === 0) return true;
    return (
      this.running.length < this.limits.concurrency &&
      this.runningKiB + memoryKiB <= this.limits.memoryKiB
    );
  }

  #yieldTo(key: string): boolean {
    const most = Math.max(0, ...this.lines.map(({ jobs }) => jobs.length));
    const own = this.lines.find((line) => line.key === key)?.jobs.length ?? 0;
    const newest = this.lines.find(({ jobs }) => jobs.length === most)?.jobs.at(-1);
    if (!newest || own + 1 >= most) return false;
    this.#answer(newest, 'queue-full');
    this.#remove(newest);
    return true;
  }

  #start(): void {
    for (;;) {
      const [line] = this.lines;
      const [job] = line?.jobs ?? [];
      if (!line || !job || !this.#fits(job)) return;
      this.#remove(job);
      const isServed = ({ key }: { readonly key: string }): boolean => key === line.key;
      this.lines = [
        ...this.lines.filter((each) => !isServed(each)),
        ...this.lines.filter(isServed),
      ];
      this.running.push(job);
      this.started.push(job.name);
    }
  }

  #remove(job: ModelJob): void {
    this.lines = this.lines
      .map(({ key, jobs }) => ({ key, jobs: jobs.filter((each) => each !== job) }))
      .filter(({ jobs }) => jobs.length > 0);
  }

  #answer({ name }: ModelJob, heard: Heard): void {
    if (this.heard[name] === 'open') this.heard[name] = heard;
  }
}
