import type { AuditEvent } from '../record/audit-event.js';
import { isFork, sinkForked } from './audit-fork.js';
import type { AuditSink, ShippedRecord } from './audit-sink.js';
import { backoffMs, DEFAULT_BACKOFF, type Backoff } from './backoff.js';
import { findPlace } from './find-place.js';
import { NoteQueue } from './note-queue.js';
import { OffsetFile } from './offset-file.js';
import { Outage } from './outage.js';
import { pause, within } from './pause.js';
import { readBatch, type Place, type SegmentSource } from './read-batch.js';
import { WatchedCall } from './watched-call.js';
import { checkSinkName } from './sink-name.js';

const CLOSE_TIMEOUT_MS = 5_000;
/** What comes within this time goes together: a batch for each record would keep the disk from the log. */
const LINGER_MS = 50;

/** What a {@link Shipper} needs. */
export interface ShipperOptions {
  readonly sink: AuditSink;
  readonly stream: string;
  /** The folder of the stream. */
  readonly folder: string;
  /** Takes what belongs into the log; must not throw. */
  readonly report: (event: AuditEvent) => void;
  /**
   * How long {@link Shipper.close} may take, in milliseconds.
   *
   * @default 5000
   */
  readonly closeTimeoutMs?: number;
  /**
   * How pauses after failures grow.
   *
   * @default from 200 ms to 30 s
   */
  readonly backoff?: Backoff;
}

/** How far a sink has come. */
export interface ShipperState {
  /** The last record that the sink has acknowledged; -1 before the first. */
  readonly seq: number;
  /** The last acknowledged record that the disk remembers: it and older ones may be pruned. -1 before the first. */
  readonly remembered: number;
  /** How many records are durable and not acknowledged. */
  readonly lag: number;
  /** Why it does not get on; absent when all is well. `AUDIT_FORK` is for good. */
  readonly error?: string;
}

/**
 * Brings the records of a stream to a sink: in order, at least once, and only what is below the durable mark,
 * since a place whose record was lost in a power failure is given again. Goes on where it stopped, tries again
 * with growing pauses, and holds one batch in memory, however far the sink is behind.
 */
export class Shipper {
  readonly #sink: AuditSink;
  readonly #source: SegmentSource;
  readonly #report: (event: AuditEvent) => void;
  readonly #closeTimeoutMs: number;
  readonly #backoff: Backoff;
  readonly #offset: OffsetFile;
  readonly #outage: Outage;
  readonly #call: WatchedCall;
  readonly #notes: NoteQueue;
  #place: Place | undefined;
  /** Whether the sink is to be asked how far it is. */
  #isUnsure = true;
  /** What the log was told of the sink's place since it took something last. */
  #told = '';
  #durable = 0;
  #running: Promise<void> | undefined;
  #pauses = new AbortController();
  #phase: 'open' | 'closing' | 'stopped' = 'open';
  #isForked = false;

  /** @throws TypeError when the sink's name is none */
  constructor({ sink, stream, folder, report, closeTimeoutMs, backoff }: ShipperOptions) {
    checkSinkName(sink.name);
    this.#sink = sink;
    this.#source = { stream, folder };
    this.#report = report;
    this.#closeTimeoutMs = closeTimeoutMs ?? CLOSE_TIMEOUT_MS;
    this.#backoff = backoff ?? DEFAULT_BACKOFF;
    this.#offset = new OffsetFile(folder, sink.name);
    this.#notes = new NoteQueue(stream);
    const target = { type: 'audit-sink', id: sink.name };
    this.#outage = new Outage(
      { failed: 'audit_sink_failed', recovered: 'audit_sink_recovered', target },
      report,
    );
    this.#call = new WatchedCall((error) => void this.#outage.failed(error));
  }

  /** Tells that every record below this one is on the disk. Returns at once. */
  advance(durableSeq: number): void {
    this.#durable = Math.max(this.#durable, durableSeq);
    this.#wake();
  }

  /**
   * Gives the sink a signed checkpoint, after the records that it covers; of several that wait, the newest.
   * Returns at once.
   *
   * @throws TypeError for what is no checkpoint of the stream
   */
  offer(note: string): void {
    if (!this.#sink.checkpoint) return;
    this.#notes.offer(note);
    this.#wake();
  }

  /** How far the sink has come. */
  state(): ShipperState {
    const seq = (this.#place?.next ?? 0) - 1;
    const remembered = this.#offset.saved?.seq ?? -1;
    const error = this.#isForked ? 'AUDIT_FORK' : this.#outage.reason;
    return {
      seq,
      // What a sink has lost must not be pruned before it has it again.
      remembered: this.#place ? Math.min(remembered, seq) : remembered,
      lag: Math.max(0, this.#durable - 1 - seq),
      ...(error !== undefined && { error }),
    };
  }

  /** Ships what is durable, within the time for closing, then stops. The rest follows after the next start. */
  async close(): Promise<void> {
    if (this.#phase === 'open') this.#phase = 'closing';
    const waiting = this.#pauses;
    this.#pauses = new AbortController();
    waiting.abort();
    this.#wake();
    await within(this.#running ?? Promise.resolve(), this.#closeTimeoutMs);
    this.#phase = 'stopped';
    this.#pauses.abort();
    this.#call.abort();
    // What is not remembered is sent again.
    await this.#offset.save().catch(() => undefined);
  }

  #wake(): void {
    if (this.#hasWork()) this.#running ??= this.#run();
  }

  #hasWork(): boolean {
    if (this.#phase === 'stopped' || this.#isForked) return false;
    const next = this.#place?.next ?? 0;
    return this.#durable > next || this.#notes.covered(next) !== undefined;
  }

  async #run(): Promise<void> {
    while (this.#hasWork()) {
      try {
        await this.#shipSome();
      } catch (error) {
        await this.#failed(error);
      }
    }
    this.#running = undefined;
  }

  async #shipSome(): Promise<void> {
    const below = this.#durable;
    const place = await this.#currentPlace(below);
    const { records, end } = await readBatch(this.#source, place, below);
    await this.#shipRecords(place, records, end);
    if (this.#phase === 'stopped') return;
    await this.#shipNote(end.next);
    this.#outage.succeeded();
    if (end.next >= below && this.#phase === 'open') await pause(LINGER_MS, this.#pauses.signal);
  }

  async #shipRecords(from: Place, records: readonly ShippedRecord[], end: Place): Promise<void> {
    const last = records.at(-1);
    if (!last) return;
    await this.#call.run((signal) => this.#sink.write(records, signal));
    // Somebody else may have the stream by now.
    if (this.#phase === 'stopped') return;
    this.#place = end;
    this.#told = '';
    const through = end.next - records.length - 1;
    if (through >= from.next) this.#reportGap(from.next, through);
    await this.#offset.remember(last);
  }

  async #currentPlace(below: number): Promise<Place> {
    if (this.#place && !this.#isUnsure) return this.#place;
    const { place, findings } = await this.#call.run(() =>
      findPlace(this.#source, this.#sink, this.#offset, below),
    );
    this.#place = place;
    this.#isUnsure = false;
    const news = JSON.stringify(findings);
    if (news !== this.#told) for (const finding of findings) this.#report(finding);
    this.#told = news;
    return place;
  }

  async #shipNote(next: number): Promise<void> {
    const note = this.#notes.covered(next);
    if (note === undefined) return;
    await this.#call.run(async () => this.#sink.checkpoint?.(this.#source.stream, note));
    this.#notes.delivered(note);
  }

  async #failed(error: unknown): Promise<void> {
    if (this.#phase === 'stopped') return;
    if (isFork(error)) {
      this.#isForked = true;
      this.#report(sinkForked(this.#sink.name, error));
      return;
    }
    // A database that failed over may have lost what it had acknowledged last.
    this.#isUnsure = this.#place === undefined || this.#sink.latest !== undefined;
    const failures = this.#outage.failed(error);
    await pause(backoffMs(failures, this.#backoff), this.#pauses.signal);
  }

  #reportGap(from: number, through: number): void {
    const target = { type: 'audit-sink', id: this.#sink.name };
    this.#report({
      event: 'audit_sink_gap',
      level: 'critical',
      target,
      details: { from, through },
    });
  }
}
