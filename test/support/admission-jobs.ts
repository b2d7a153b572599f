import type { AdmissionRequest } from '../../lib/password/admission/admission-job.js';
import type { PasswordAdmission } from '../../lib/password/admission/password-admission.js';
import { deferred } from './deferred.js';

/** What became of a call so far. */
export type Outcome = 'open' | { readonly value: string } | { readonly error: unknown };

/** A job whose work ends when the test says so. */
export interface TestJob {
  readonly name: string;
  readonly outcomes: readonly Outcome[];
  readonly end: () => void;
  readonly fail: (error: unknown) => void;
}

/** Sends jobs into an admission and notes in which order they start and how they end. */
export class AdmissionJobs {
  /** The names of those that started, in that order. */
  readonly started: string[] = [];

  constructor(private readonly admission: PasswordAdmission) {}

  /** Asks for a job; its work ends with its own name. */
  send(
    name: string,
    { memoryKiB = 1, ...request }: AdmissionRequest & { memoryKiB?: number } = {},
  ) {
    const work = deferred<string>();
    const outcomes: Outcome[] = [];
    const job: TestJob = {
      name,
      outcomes,
      end: () => work.resolve(name),
      fail: work.reject,
    };
    this.admission
      .run(
        {
          memoryKiB,
          work: () => {
            this.started.push(name);
            return work.promise;
          },
        },
        request,
      )
      .then(
        (value) => outcomes.push({ value }),
        (error: unknown) => outcomes.push({ error }),
      );
    return job;
  }
}

/** Lets everything happen that waits for nothing but its turn. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
