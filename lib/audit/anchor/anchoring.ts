import { join } from 'node:path';
import type { AuditEvent } from '../record/audit-event.js';
import { DEFAULT_BACKOFF, type Backoff } from '../ship/backoff.js';
import { AnchorPublisher, type AnchorState } from './anchor-publisher.js';
import type { AuditAnchor } from './audit-anchor.js';
import { checkCheckpoint } from './checkpoint-of.js';
import { NoteJournal } from './note-journal.js';

const INTERVAL_MS = 60_000;
const CLOSE_TIMEOUT_MS = 5_000;

/** What {@link Anchoring} needs. */
export interface AnchoringOptions {
  readonly anchors: readonly AuditAnchor[];
  readonly stream: string;
  /** The folder of the stream, where cosigned checkpoints are kept. */
  readonly folder: string;
  /** Takes what belongs into the log; must not throw. */
  readonly report: (event: AuditEvent) => void;
  /** Proves, by RFC 6962, that the first `size` records continue the first `oldSize`. */
  readonly proofFrom: (oldSize: number, size: number) => Promise<readonly Buffer[]>;
  /**
   * How often an anchor gets a checkpoint at the most, in milliseconds.
   *
   * @default 60000
   */
  readonly intervalMs?: number;
  /**
   * How long {@link Anchoring.close} may take, in milliseconds.
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

/**
 * Publishes a stream's checkpoints to its anchors, each at its own pace: the newest one whenever the interval is
 * over, the first of all and the first of an epoch at once. Failures are reported and tried again. Checkpoints
 * that come back with more signatures are appended to `cosigned.notes` of the stream's folder.
 */
export class Anchoring {
  readonly #stream: string;
  readonly #closeTimeoutMs: number;
  readonly #publishers: readonly AnchorPublisher[];
  readonly #journal: NoteJournal;
  #keeping: Promise<void> = Promise.resolve();

  constructor(options: AnchoringOptions) {
    const { anchors, stream, folder, report, proofFrom } = options;
    const { intervalMs = INTERVAL_MS, backoff = DEFAULT_BACKOFF } = options;
    this.#stream = stream;
    this.#closeTimeoutMs = options.closeTimeoutMs ?? CLOSE_TIMEOUT_MS;
    this.#journal = new NoteJournal(join(folder, 'cosigned.notes'));
    const keep = (note: string): Promise<void> => this.#keep(note);
    this.#publishers = anchors.map(
      (anchor) => new AnchorPublisher(anchor, { intervalMs, backoff, report, proofFrom, keep }),
    );
  }

  /**
   * Takes the newest checkpoint of the stream. Returns at once.
   *
   * @throws TypeError for what is no signed checkpoint of the stream
   */
  offer(note: string): void {
    const checkpoint = checkCheckpoint(note, this.#stream);
    for (const publisher of this.#publishers) publisher.offer({ note, checkpoint });
  }

  /** How far each anchor has come since the start. */
  state(): readonly AnchorState[] {
    return this.#publishers.map((publisher) => publisher.state());
  }

  /**
   * Publishes the newest checkpoint to every anchor that does not have it, within the time for closing, then stops.
   *
   * @param finalNote the last checkpoint of the stream
   * @throws TypeError for what is no signed checkpoint of the stream
   */
  async close(finalNote?: string): Promise<void> {
    if (finalNote !== undefined) this.offer(finalNote);
    await Promise.all(this.#publishers.map((publisher) => publisher.close(this.#closeTimeoutMs)));
  }

  /** One after the other: two witnesses may answer at once. */
  #keep(note: string): Promise<void> {
    const keep = (): Promise<void> => this.#journal.append(note);
    this.#keeping = this.#keeping.then(keep, keep);
    return this.#keeping;
  }
}
