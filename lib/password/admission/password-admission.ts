import { AsyncResource } from 'node:async_hooks';
import { checkWhole } from '../../common/check-whole.js';
import type { Clock } from '../../common/clock.js';
import { PasswordBusyError } from '../../errors/password-busy.error.js';
import type { AdmissionJob, AdmissionRequest } from './admission-job.js';
import { checkLimits, LONGEST_TIMER_MS, type AdmissionLimits } from './admission-limits.js';
import { FairQueue, type Place } from './fair-queue.js';
import { fairnessKeyOf } from './fairness-key.js';
import { PendingCall } from './pending-call.js';
import { RunningTime } from './running-time.js';

/** What a {@link PasswordAdmission} is doing, for metrics. */
export interface AdmissionStats {
  /** Jobs that run, those included whose callers were refused meanwhile. */
  readonly running: number;
  /** Jobs that wait. */
  readonly queued: number;
  /** The memory that the running jobs fill, in KiB. */
  readonly memoryKiB: number;
}

/** A job between its call and its start. */
interface Candidate {
  readonly memoryKiB: number;
  readonly deadline: number;
  readonly start: () => void;
  readonly refuse: (error: unknown) => void;
  /** Where it waits, while it does. */
  place: Place<Candidate> | undefined;
}

/**
 * Lets native password hashes run a few at a time. They share libuv's few threads with files and names, fill
 * tens of MiB each and cannot be interrupted: without a limit a burst of logins stops the process.
 *
 * A job runs when fewer than `concurrency` do and its memory fits into what is left of the budget. Others wait
 * in turns of their fairness keys, strictly: one that does not fit holds back all behind it, so that none is
 * overtaken for ever. Constant time a job; refusing is linear in the keys that wait.
 *
 * @example
 * const admission = new PasswordAdmission({ concurrency: 3, memoryKiB: 524_288, maxQueued: 128, timeoutMs: 10_000 });
 * const hash = await admission.run({ memoryKiB: 65_536, work: () => argon2.hash(password) }, { fairnessKey: ip });
 */
export class PasswordAdmission {
  readonly #limits: AdmissionLimits;
  readonly #clock: Clock;
  readonly #queue = new FairQueue<Candidate>();
  readonly #runningTime = new RunningTime();
  #running = 0;
  #runningKiB = 0;
  #queuedKiB = 0;

  /**
   * @param clock milliseconds on a clock that is never set; by default `performance.now`
   * @throws TypeError or RangeError for limits that are no whole numbers or out of bounds
   */
  constructor(limits: AdmissionLimits, clock: Clock = () => performance.now()) {
    checkLimits(limits);
    this.#limits = limits;
    this.#clock = clock;
  }

  /** What runs and waits at this moment. */
  stats(): AdmissionStats {
    return { running: this.#running, queued: this.#queue.size, memoryKiB: this.#runningKiB };
  }

  /**
   * Runs a job as soon as there is room for it, in the asynchronous context of its caller, and answers as its
   * work does.
   *
   * When the queue is full, the newest job of the key with the most waiting gives way to one whose key has at
   * least two fewer; any other newcomer is refused. When the deadline passes or the signal aborts, the caller
   * is answered at once: a waiting job never runs; a running one keeps its room until it ends.
   *
   * @throws PasswordBusyError `PWD_BUSY` when the queue is full or the deadline passes
   * @throws the signal's reason when it aborts, or had aborted before
   * @throws TypeError or RangeError for `memoryKiB`, `timeoutMs` or a `fairnessKey` of the wrong kind
   */
  async run<T>(
    { memoryKiB, work }: AdmissionJob<T>,
    { signal, timeoutMs = this.#limits.timeoutMs, fairnessKey }: AdmissionRequest = {},
  ): Promise<T> {
    checkWhole(memoryKiB, 'memoryKiB', 0, Number.MAX_SAFE_INTEGER);
    checkWhole(timeoutMs, 'timeoutMs', 1, LONGEST_TIMER_MS);
    const key = fairnessKeyOf(fairnessKey);
    signal?.throwIfAborted();
    const startsNow = this.#queue.size === 0 && this.#hasRoomFor(memoryKiB);
    if (!startsNow) this.#makePlaceFor(key);

    const context = new AsyncResource('PasswordAdmission');
    const candidate: Candidate = {
      memoryKiB,
      deadline: this.#clock() + timeoutMs,
      start: () => void context.runInAsyncScope(() => call.follow(this.#occupy(memoryKiB, work))),
      refuse: (error) => call.refuse(error),
      place: undefined,
    };
    const call = new PendingCall<T>({
      timeoutMs,
      onDeadline: () => this.#giveUp(candidate, this.#deadlinePassed()),
      signal,
      onAbort: () => this.#giveUp(candidate, signal?.reason),
    });
    this.#enqueue(key, candidate);
    this.#startWhatFits();
    return call.answer;
  }

  #hasRoomFor(memoryKiB: number): boolean {
    if (this.#running === 0) return true;
    const { concurrency, memoryKiB: budgetKiB } = this.#limits;
    return this.#running < concurrency && this.#runningKiB + memoryKiB <= budgetKiB;
  }

  async #occupy<T>(memoryKiB: number, work: () => Promise<T>): Promise<T> {
    const startedAt = this.#clock();
    this.#running += 1;
    this.#runningKiB += memoryKiB;
    try {
      return await asynchronously(work);
    } finally {
      this.#running -= 1;
      this.#runningKiB -= memoryKiB;
      this.#runningTime.add(this.#clock() - startedAt);
      this.#startWhatFits();
    }
  }

  #startWhatFits(): void {
    for (let next = this.#queue.first; next; next = this.#queue.first) {
      // A loop that stood still may come here before the timers whose time is up.
      if (this.#clock() >= next.deadline) this.#withdraw(next, this.#deadlinePassed());
      else if (this.#hasRoomFor(next.memoryKiB)) this.#startFirst(next);
      else return;
    }
  }

  #startFirst(candidate: Candidate): void {
    this.#queue.take();
    this.#forgetPlace(candidate);
    candidate.start();
  }

  #enqueue(key: string | undefined, candidate: Candidate): void {
    candidate.place = this.#queue.add(key, candidate);
    this.#queuedKiB += candidate.memoryKiB;
  }

  #forgetPlace(candidate: Candidate): void {
    candidate.place = undefined;
    this.#queuedKiB -= candidate.memoryKiB;
  }

  #withdraw(candidate: Candidate, error: unknown): void {
    candidate.refuse(error);
    if (!candidate.place) return;
    this.#queue.remove(candidate.place);
    this.#forgetPlace(candidate);
  }

  #giveUp(candidate: Candidate, error: unknown): void {
    this.#withdraw(candidate, error);
    // What gave up may have been too large for what is left, and those behind it are not.
    this.#startWhatFits();
  }

  #makePlaceFor(key: string | undefined): void {
    if (this.#queue.size < this.#limits.maxQueued) return;
    const greediest = this.#queue.greediest();
    const newest = greediest?.last?.value;
    // Else two keys would push each other out for ever, and many keys each other's only job.
    if (!greediest || !newest || this.#queue.countOf(key) + 2 > greediest.size)
      throw this.#queueFull();
    this.#withdraw(newest, this.#queueFull());
  }

  #queueFull(): PasswordBusyError {
    return new PasswordBusyError('PWD_BUSY', 'too many passwords are waiting to be hashed', {
      status: 503,
      retryAfterSeconds: this.#secondsToClear(),
      reason: 'queue-full',
    });
  }

  #deadlinePassed(): PasswordBusyError {
    return new PasswordBusyError('PWD_BUSY', 'a password could not be hashed in time', {
      status: 503,
      retryAfterSeconds: this.#secondsToClear(),
      reason: 'deadline',
    });
  }

  #secondsToClear(): number {
    const { concurrency, memoryKiB } = this.#limits;
    const rounds = Math.max(
      (this.#running + this.#queue.size) / concurrency,
      (this.#runningKiB + this.#queuedKiB) / memoryKiB,
    );
    return this.#runningTime.secondsFor(rounds);
  }
}

/** Work that throws at once would otherwise start the next within its own call, and so on, until no stack is left. */
async function asynchronously<T>(work: () => Promise<T>): Promise<T> {
  return work();
}
