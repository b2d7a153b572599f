import { AuditError } from '../../../errors/audit.error.js';
import { InlineWriter } from './inline-writer.js';
import { placed, stillToWrite, type Written } from './batch-parts.js';
import type { Loss } from './gap.js';
import type { OwnRecord } from './own-record.js';
import type { SegmentSystem } from './segment-file.js';
import { NotOpened, ThreadWriter, WriterDied } from './thread-writer.js';
import type { Writer, WriterListener } from './writer.js';
import type {
  WriterBatch,
  WriterOpened,
  WriterResult,
  WriterSetup,
  WriterState,
} from './writer-setup.js';

const REVIVAL_INTERVAL_MS = 250;
const ATTEMPTS = 5;
const RETRY_INTERVAL_MS = 1000;
const MAX_REASON = 200;
const NOTHING: WriterBatch = { bodies: [], critical: [], losses: [] };

/** How the log was when its writer died. */
interface StateBefore {
  readonly nextSeq: number;
  readonly losses: readonly Loss[];
}

/** What a supervisor is told. */
export interface SupervisorOptions {
  readonly setup: WriterSetup;
  readonly firstKey: Buffer;
  readonly mode: 'thread' | 'inline';
  readonly onCheckpoint: (note: string) => void;
  readonly onState: (state: WriterState) => void;
  /** The calls of the system, other than the real ones in a test; for `inline` only. */
  readonly system?: SegmentSystem;
}

/**
 * Keeps a writer running. When its thread dies, another one takes over where the disk says that the first
 * had come to, so that nothing is lost and nothing is written twice.
 */
export class WriterSupervisor implements WriterListener {
  readonly #options: SupervisorOptions;
  #writer: Writer | undefined;
  #kind: 'thread' | 'inline';
  #turn: Promise<unknown> = Promise.resolve();
  #hasOpened = false;
  #isClosing = false;
  #isAbandoned = false;
  #isDown = false;
  #durableSeq = 0;
  #losses: readonly Loss[] = [];
  #retry: NodeJS.Timeout | undefined;
  readonly #deaths: string[] = [];
  #revivedAt = -Infinity;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#kind = options.mode;
  }

  /** Whether the writer died and no other one could be started so far. */
  get isDown(): boolean {
    return this.#isDown;
  }

  get kind(): 'thread' | 'inline' {
    return this.#kind;
  }

  /** @throws AuditError when the stream cannot be opened */
  async open(): Promise<WriterOpened> {
    const { setup } = this.#options;
    const writer = await this.#start(setup);
    this.#writer = writer;
    this.#hasOpened = true;
    return writer.opened;
  }

  /** @throws Error when the writer died and no other one could be started */
  write(batch: WriterBatch): Promise<Written> {
    return this.#inTurn(async () => {
      if (!this.#writer) return this.#takeOver(batch);
      try {
        return this.#placed(batch, await this.#writer.write(batch));
      } catch (error) {
        if (error instanceof WriterDied) return this.#takeOver(batch);
        throw error;
      }
    });
  }

  checkpoint(): Promise<string> {
    return this.#inTurn(() => this.#withWriter((writer) => writer.checkpoint()));
  }

  close(): Promise<void> {
    return this.#inTurn(() => {
      this.#isClosing = true;
      clearTimeout(this.#retry);
      return this.#withWriter((writer) => writer.close());
    });
  }

  /** Not in turn: what waits for its turn must not be written any more. */
  async abandon(): Promise<void> {
    this.#isAbandoned = true;
    this.#isClosing = true;
    clearTimeout(this.#retry);
    await this.#writer?.abandon();
    this.#writer = undefined;
  }

  onCheckpoint(note: string): void {
    this.#options.onCheckpoint(note);
  }

  onState(state: WriterState): void {
    this.#durableSeq = state.durableSeq;
    this.#losses = state.losses;
    this.#options.onState(state);
  }

  onDeath(reason: string): void {
    this.#writer = undefined;
    this.#deaths.push(reason.slice(0, MAX_REASON));
    if (!this.#isClosing) this.#revive();
  }

  /** Without waiting for the next record: checkpoints are due meanwhile. */
  #revive(): void {
    this.#inTurn(async () => this.#writer ?? this.#takeOver(NOTHING)).catch(() => undefined);
  }

  async #withWriter<T>(work: (writer: Writer) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      if (!this.#writer) await this.#takeOver(NOTHING);
      try {
        if (this.#writer) return await work(this.#writer);
      } catch (error) {
        if (attempt === ATTEMPTS || !(error instanceof WriterDied)) throw error;
      }
    }
  }

  /** A writer answers one request at a time. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #takeOver(batch: WriterBatch): Promise<Written> {
    if (this.#isAbandoned) throw new Error('the stream was taken by another process');
    // Should the next writer die as well, what the first one wrote is still looked for from here on.
    const before = { nextSeq: this.#durableSeq, losses: this.#losses };
    try {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await this.#takeOverOnce(batch, before);
        } catch (error) {
          if (attempt === ATTEMPTS || !(error instanceof WriterDied)) throw error;
        }
      }
    } catch (error) {
      this.#stayDown(before);
      throw error;
    }
  }

  #stayDown({ nextSeq, losses }: StateBefore): void {
    this.#isDown = true;
    this.#durableSeq = nextSeq;
    this.#losses = losses;
    clearTimeout(this.#retry);
    if (this.#isClosing) return;
    this.#retry = setTimeout(() => this.#revive(), RETRY_INTERVAL_MS).unref();
  }

  async #takeOverOnce(batch: WriterBatch, { nextSeq, losses }: StateBefore): Promise<Written> {
    const sinceLast = performance.now() - this.#revivedAt;
    if (sinceLast < REVIVAL_INTERVAL_MS) await delay(REVIVAL_INTERVAL_MS - sinceLast);
    this.#revivedAt = performance.now();
    const told = this.#deaths.length;
    const findings = this.#deaths.map(restarted);
    const resume = { nextSeq, bodies: batch.bodies };
    const writer = await this.#start({ ...this.#options.setup, findings, resume });
    this.#writer = writer;
    this.#deaths.splice(0, told);
    const { resumed } = writer.opened;
    const rest = stillToWrite(batch, resumed, losses);
    const written = this.#placed(rest, await writer.write(rest));
    this.#isDown = false;
    const others = written.places.values();
    const places = batch.bodies.map((_, at) => resumed.places.get(at) ?? others.next().value);
    return { ...written, places };
  }

  #placed(batch: WriterBatch, result: WriterResult): Written {
    this.onState(result.state);
    return placed(batch, result);
  }

  async #start(setup: WriterSetup): Promise<Writer> {
    const { firstKey, system } = this.#options;
    if (this.#kind === 'inline') return InlineWriter.open(setup, firstKey, this, system);
    try {
      return await ThreadWriter.open(setup, firstKey, this);
    } catch (error) {
      // Where the log itself is the trouble, or threads could be started before, nothing else helps.
      const isOfLog = error instanceof AuditError || error instanceof NotOpened;
      if (isOfLog || this.#hasOpened) throw error;
    }
    const inline = await InlineWriter.open(setup, firstKey, this, system);
    this.#kind = 'inline';
    process.emitWarning(
      'The audit log writes in the main thread, since its writer thread could not be started. Each write holds the event loop until the disk has it.',
    );
    return inline;
  }
}

function restarted(reason: string): OwnRecord {
  return { event: 'audit_writer_restarted', level: 'critical', details: { reason } };
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
