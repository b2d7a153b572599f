import { Anchoring } from './anchor/anchoring.js';
import type { AnchorState } from './anchor/anchor-publisher.js';
import type { AuditAnchor } from './anchor/audit-anchor.js';
import { LogTiles } from './log/log-tiles.js';
import type { FoundLog, LogWatcher } from './log/log-watcher.js';
import { consistencyProof } from './log/merkle/consistency-proof.js';
import { BelievedTime, type RetentionClocks } from './log/retention/believed-time.js';
import type { RetentionOptions } from './log/retention/retention.options.js';
import { pruneSegments } from './log/retention/retention.js';
import { supportedTime } from './log/retention/segment-time.js';
import type { AuditEvent } from './record/audit-event.js';
import type { AuditSink } from './ship/audit-sink.js';
import { Shipper, type ShipperState } from './ship/shipper.js';
import { within } from './ship/pause.js';
import { startCheck } from './ship/start-check.js';

const RETENTION_INTERVAL_MS = 60 * 60 * 1000;
const PRUNING_TIMEOUT_MS = 5000;
const SYSTEM_CLOCKS: RetentionClocks = Object.freeze({
  wall: () => Date.now(),
  monotonic: () => performance.now(),
});

/** Where records and checkpoints go from the log, and how. */
export interface AuditOutletsOptions {
  readonly sinks: readonly AuditSink[];
  readonly anchors: readonly AuditAnchor[];
  readonly retention: RetentionOptions | undefined;
  /** Takes what belongs into the log; must not throw. */
  readonly report: (event: AuditEvent) => void;
  /** Records, and resolves when the disk has it. */
  readonly record: (event: AuditEvent) => Promise<unknown>;
  /** By which retention tells ages. @default those of the system */
  readonly clocks?: RetentionClocks;
}

/** How far the log has gone out. */
export interface AuditOutletsState {
  /** How far each sink has come. */
  readonly sinks: readonly ({ readonly name: string } & ShipperState)[];
  /** How far each anchor has come. */
  readonly anchors: readonly AnchorState[];
  /** How `retention.days` does; only where that is set. */
  readonly retention?: {
    /** By how many milliseconds it goes behind the system's clock, which it does not believe; 0 is usual. */
    readonly heldBackMs: number;
  };
}

/** Brings a log to its sinks and anchors, and removes what need not be kept any more. */
export class AuditOutlets implements LogWatcher {
  readonly #options: AuditOutletsOptions;
  #shippers: { readonly name: string; readonly shipper: Shipper }[] = [];
  #anchoring: Anchoring | undefined;
  #tiles: LogTiles | undefined;
  #time: BelievedTime | undefined;
  #folder = '';
  #note = '';
  #signedSize = 0;
  #timer: NodeJS.Timeout | undefined;
  #pruning: Promise<void> | undefined;

  constructor(options: AuditOutletsOptions) {
    this.#options = options;
  }

  /** @throws AuditError `AUDIT_LOG_ROLLED_BACK` when a sink or an anchor has seen more than the log holds */
  async beforeWriting(found: FoundLog): Promise<void> {
    const { stream, folder, identity } = found;
    const { sinks, anchors, report, retention, clocks = SYSTEM_CLOCKS } = this.#options;
    await startCheck({
      stream,
      folder,
      size: found.size,
      epoch: found.epoch,
      leafHashAt: (seq) => found.leafHashAt(seq),
      rootAt: (size) => found.rootAt(size),
      ...(identity && { identity }),
      sinks,
      anchors,
      report,
    });
    const tiles = new LogTiles(folder);
    this.#tiles = tiles;
    this.#folder = folder;
    this.#shippers = sinks.map((sink) => ({
      name: sink.name,
      shipper: new Shipper({ sink, stream, folder, report }),
    }));
    const proofFrom = async (oldSize: number, size: number): Promise<Buffer[]> =>
      consistencyProof(oldSize, size, await tiles.upTo(size));
    this.#anchoring = new Anchoring({ anchors, stream, folder, report, proofFrom });
    if (retention?.days !== undefined) this.#time = new BelievedTime(clocks, supportedTime(folder));
    this.#timer = setInterval(() => void this.prune(), RETENTION_INTERVAL_MS).unref();
  }

  onCheckpoint(note: string): void {
    this.#note = note;
    this.#signedSize = Number(note.split('\n', 2)[1]);
    this.#anchoring?.offer(note);
    for (const { shipper } of this.#shippers) shipper.offer(note);
  }

  onDurable(seq: number): void {
    for (const { shipper } of this.#shippers) shipper.advance(seq);
  }

  async afterWriting(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([
      this.#pruning && within(this.#pruning, PRUNING_TIMEOUT_MS),
      ...this.#shippers.map(({ shipper }) => shipper.close()),
      this.#anchoring?.close(this.#note === '' ? undefined : this.#note),
    ]);
  }

  /** Removes segments that need not be kept. A failure is reported and tried again an hour later. */
  async prune(): Promise<void> {
    const { retention, record, report } = this.#options;
    if (!retention || !this.#tiles || this.#pruning) return;
    const time = this.#time;
    this.#pruning = pruneSegments({
      folder: this.#folder,
      tiles: this.#tiles,
      options: retention,
      floor: () => this.#floor(),
      record,
      ...(time && { now: () => time.now() }),
    })
      .then(
        () => undefined,
        () => report({ event: 'audit_retention_failed', level: 'warn' }),
      )
      .finally(() => (this.#pruning = undefined));
    await this.#pruning;
  }

  state(): AuditOutletsState {
    return {
      sinks: this.#shippers.map(({ name, shipper }) => ({ name, ...shipper.state() })),
      anchors: this.#anchoring?.state() ?? [],
      ...(this.#time && { retention: { heldBackMs: this.#time.heldBackMs } }),
    };
  }

  /** Records from here on are needed by somebody. */
  #floor(): number {
    const { sinks, anchors } = this.state();
    return Math.min(
      this.#signedSize,
      ...sinks.map(({ remembered }) => remembered + 1),
      ...anchors.map(({ size }) => size ?? 0),
    );
  }
}
