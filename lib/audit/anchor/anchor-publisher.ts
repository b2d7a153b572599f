import type { LogCheckpoint } from '../log/note/log-checkpoint.js';
import { parseNote } from '../log/note/signed-note.js';
import type { AuditEvent } from '../record/audit-event.js';
import { isFork } from '../ship/audit-fork.js';
import { backoffMs, type Backoff } from '../ship/backoff.js';
import { explained, Outage } from '../ship/outage.js';
import { pause, within } from '../ship/pause.js';
import { WatchedCall } from '../ship/watched-call.js';
import { anchorFailed } from './anchor-failed.js';
import type { AuditAnchor } from './audit-anchor.js';

/** A checkpoint that the log offers to its anchors. */
export interface OfferedCheckpoint {
  readonly note: string;
  readonly checkpoint: LogCheckpoint;
}

/** What a publisher needs beside the anchor. */
export interface PublisherOptions {
  readonly intervalMs: number;
  readonly backoff: Backoff;
  readonly report: (event: AuditEvent) => void;
  readonly proofFrom: (oldSize: number, size: number) => Promise<readonly Buffer[]>;
  /** Keeps a note to which the anchor has added signatures. */
  readonly keep: (note: string) => Promise<void>;
}

/** How far an anchor has come since the start. */
export interface AnchorState {
  /** The name of the anchor. */
  readonly name: string;
  /** How many records the checkpoint covers that was published last; absent before the first. */
  readonly size?: number;
  /** The time of that checkpoint. */
  readonly time?: string;
  /** Why the anchor takes nothing; absent when all is well. */
  readonly error?: string;
}

/** Publishes the newest checkpoint to one anchor, no more often than it should, and again when that failed. */
export class AnchorPublisher {
  readonly #anchor: AuditAnchor;
  readonly #options: PublisherOptions;
  readonly #outage: Outage;
  readonly #call: WatchedCall;
  #newest: OfferedCheckpoint | undefined;
  #published: OfferedCheckpoint | undefined;
  #publishedAt = -Infinity;
  #retryAt = -Infinity;
  #isForked = false;
  #phase: 'open' | 'closing' | 'stopped' = 'open';
  #running: Promise<void> | undefined;
  #pauses = new AbortController();

  constructor(anchor: AuditAnchor, options: PublisherOptions) {
    this.#anchor = anchor;
    this.#options = options;
    const target = { type: 'audit-anchor', id: anchor.name };
    this.#outage = new Outage(
      { failed: 'audit_anchor_failed', recovered: 'audit_anchor_recovered', target },
      options.report,
    );
    this.#call = new WatchedCall((error) => void this.#outage.failed(error));
  }

  /** Takes the place of what was offered before. Returns at once. */
  offer(offered: OfferedCheckpoint): void {
    this.#newest = offered;
    this.#wake();
  }

  /** How far the anchor has come. */
  state(): AnchorState {
    const { size, time } = this.#published?.checkpoint ?? {};
    const error = this.#isForked ? 'AUDIT_FORK' : this.#outage.reason;
    return {
      name: this.#anchor.name,
      ...(size !== undefined && { size }),
      ...(time !== undefined && { time }),
      ...(error !== undefined && { error }),
    };
  }

  /** Publishes the newest checkpoint now, within so many milliseconds, then stops. */
  async close(timeoutMs: number): Promise<void> {
    if (this.#phase === 'open') this.#phase = 'closing';
    this.#retryAt = -Infinity;
    this.#wake();
    await within(this.#running ?? Promise.resolve(), timeoutMs);
    this.#phase = 'stopped';
    this.#wake();
    this.#call.abort();
  }

  /** Ends the pause, so that what is due is looked at again. */
  #wake(): void {
    const pauses = this.#pauses;
    this.#pauses = new AbortController();
    pauses.abort();
    if (this.#hasWork()) this.#running ??= this.#run();
  }

  #hasWork(): boolean {
    return this.#phase !== 'stopped' && this.#newest !== this.#published;
  }

  async #run(): Promise<void> {
    while (this.#hasWork()) {
      const ms = this.#dueAt() - performance.now();
      if (ms > 0) await pause(ms, this.#pauses.signal);
      else await this.#publish();
    }
    this.#running = undefined;
  }

  /** The first checkpoint, the first of an epoch and the last one do not wait. */
  #dueAt(): number {
    const isUrgent =
      this.#phase !== 'open' ||
      (this.#newest?.checkpoint.epoch ?? 0) > (this.#published?.checkpoint.epoch ?? -1);
    return Math.max(
      this.#retryAt,
      isUrgent ? -Infinity : this.#publishedAt + this.#options.intervalMs,
    );
  }

  async #publish(): Promise<void> {
    const offered = this.#newest;
    if (!offered) return;
    const startedAt = performance.now();
    try {
      await this.#call.run(() => this.#publishTo(offered));
      this.#published = offered;
      this.#publishedAt = startedAt;
      this.#isForked = false;
      this.#outage.succeeded();
    } catch (error) {
      this.#failed(error, offered);
    }
  }

  async #publishTo({ note, checkpoint }: OfferedCheckpoint): Promise<void> {
    const { stream, size } = checkpoint;
    const proofFrom = (oldSize: number) => this.#options.proofFrom(oldSize, size);
    const given = await this.#anchor.publish({ stream, size, note, proofFrom });
    if (given === undefined) return;
    if (parseNote(given)?.text !== parseNote(note)?.text)
      throw anchorFailed(this.#anchor.name, 'gave another note than the one it was given');
    await this.#options.keep(given);
  }

  #failed(error: unknown, { checkpoint }: OfferedCheckpoint): void {
    if (this.#phase === 'stopped') return;
    const { backoff } = this.#options;
    if (isFork(error)) this.#forked(error, checkpoint);
    const waitMs = isFork(error) ? backoff.maxMs : backoffMs(this.#outage.failed(error), backoff);
    this.#retryAt = performance.now() + waitMs;
  }

  #forked(error: unknown, { size }: LogCheckpoint): void {
    if (this.#isForked) return;
    this.#isForked = true;
    const { details } = explained(error);
    this.#options.report({
      event: 'audit_fork',
      level: 'critical',
      outcome: 'failure',
      reason: 'anchor-mismatch',
      target: { type: 'audit-anchor', id: this.#anchor.name },
      details: { size, ...details },
    });
  }
}
