import { jest } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { PasswordBusyError } from '../../lib/errors/password-busy.error.js';
import {
  PasswordAdmission,
  type AdmissionStats,
} from '../../lib/password/admission/password-admission.js';
import { AdmissionJobs, settled, type Outcome, type TestJob } from './admission-jobs.js';
import { AdmissionModel, type Heard, type ModelJob, type ModelLimits } from './admission-model.js';

/** One thing that is done. `pick` chooses among the jobs there are. */
export type AdmissionStep =
  | { act: 'send'; key: string; memoryKiB: number; timeoutMs: number }
  | { act: 'end' | 'fail' | 'abort'; pick: number }
  | { act: 'pass'; ms: number };

/** Everything that can be seen from outside. */
interface Picture extends AdmissionStats {
  readonly started: readonly string[];
  readonly heard: readonly (Heard | 'twice')[];
}

/** Does the same to an admission and to its model. Needs Jest's fake timers. */
export class AdmissionComparison {
  readonly admission: PasswordAdmission;
  readonly model: AdmissionModel;
  readonly #jobs: AdmissionJobs;
  readonly #sent = new Map<string, { job: TestJob; told: ModelJob; abort: AbortController }>();

  constructor(limits: ModelLimits) {
    this.admission = new PasswordAdmission({ ...limits, timeoutMs: 1 }, () => Date.now());
    this.model = new AdmissionModel(limits);
    this.#jobs = new AdmissionJobs(this.admission);
  }

  /** Does one thing to both. */
  take(next: AdmissionStep): void {
    if (next.act === 'send') this.#send(next);
    else if (next.act === 'pass') this.#pass(next.ms);
    else if (next.act === 'abort') this.#abort(next.pick);
    else this.#end(next.act, next.pick);
  }

  #send({
    key,
    memoryKiB,
    timeoutMs,
  }: {
    key: string;
    memoryKiB: number;
    timeoutMs: number;
  }): void {
    const name = `job ${this.#sent.size}`;
    const abort = new AbortController();
    const told = { name, key, memoryKiB, deadline: Date.now() + timeoutMs };
    const request = { memoryKiB, timeoutMs, fairnessKey: key, signal: abort.signal };
    this.#sent.set(name, { job: this.#jobs.send(name, request), told, abort });
    this.model.arrive(told);
  }

  #pass(ms: number): void {
    const open = Array.from(this.#sent.values(), ({ told }) => told);
    const until = Date.now() + ms;
    const due = open.filter(({ deadline }) => deadline > Date.now() && deadline <= until);
    for (const time of [...new Set(due.map(({ deadline }) => deadline))].toSorted((a, b) => a - b))
      this.model.leave(
        due.filter(({ deadline }) => deadline === time),
        'deadline',
      );
    jest.advanceTimersByTime(ms);
  }

  #abort(choice: number): void {
    const sent = Array.from(this.#sent.values())[choice % this.#sent.size];
    if (!sent) return;
    sent.abort.abort('abort');
    this.model.leave([sent.told], 'abort');
  }

  #end(how: 'end' | 'fail', choice: number): void {
    const { running } = this.model;
    const told = running[choice % running.length];
    const sent = told && this.#sent.get(told.name);
    if (!sent) return;
    sent.job[how](new Error('done'));
    this.model.end(sent.told);
  }

  /** What the admission shows. */
  actual(): Picture {
    const heard = Array.from(this.#sent.values(), ({ job }) => heardIn(job.outcomes));
    return { ...this.admission.stats(), started: this.#jobs.started, heard };
  }

  /** What the model says that it should show. */
  expected(): Picture {
    const { running, waiting, runningKiB, started, heard } = this.model;
    return {
      running: running.length,
      queued: waiting.length,
      memoryKiB: runningKiB,
      started,
      heard: Array.from(this.#sent.keys(), (name) => heard[name] ?? 'open'),
    };
  }

  /** Ends all work that runs, and all that runs thereupon. */
  async endAll(): Promise<void> {
    for (let turn = 0; this.model.running.length > 0; turn += 1) {
      this.#end(turn % 2 === 0 ? 'end' : 'fail', turn);
      await settled();
    }
  }

  /** How many listeners the signals of all calls have. */
  listeners(): number {
    const signals = Array.from(this.#sent.values(), ({ abort }) => abort.signal);
    return signals.flatMap((signal) => getEventListeners(signal, 'abort')).length;
  }
}

function heardIn(outcomes: readonly Outcome[]): Heard | 'twice' {
  const [outcome = 'open', ...more] = outcomes;
  if (more.length > 0) return 'twice';
  if (outcome === 'open' || 'value' in outcome) return outcome === 'open' ? 'open' : 'done';
  if (outcome.error instanceof PasswordBusyError) return outcome.error.reason;
  return outcome.error === 'abort' ? 'abort' : 'done';
}
