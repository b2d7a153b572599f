import { join } from 'node:path';
import { systemErrorCode } from '../../../common/system-error-code.js';
import type { Frontier } from '../merkle/frontier.js';
import { logCheckpointText, type LogCheckpoint } from '../note/log-checkpoint.js';
import { signNote } from '../note/signed-note.js';
import { replaceDurablySync } from './durable-sync.js';
import type { EpochKeys } from './epoch-keys.js';
import type { EpochStatements } from './epoch-statements.js';
import type { FrontierCache } from './frontier-cache.js';
import type { WriterLimits } from './writer-setup.js';

/** Signing has its cost: however many records come, no more often than this. */
const SHORTEST_INTERVAL_MS = 100;
/** A folder of keys that takes no file will not take one a moment later. */
const TURN_RETRY_MS = 1000;

interface Parts {
  readonly folder: string;
  readonly stream: string;
  readonly limits: WriterLimits;
  readonly frontier: Frontier;
  readonly cache: FrontierCache;
  readonly keys: EpochKeys;
  readonly statements: EpochStatements;
  /** The epoch of the checkpoint that is there. */
  readonly checkpointEpoch: number;
  /** Hears of every checkpoint. */
  readonly onCheckpoint: (note: string) => void;
}

/**
 * Signs the state of the log: a second after it grew, after so many records, now and then when nothing
 * happens, and at the end of an epoch. It is told of records only once the disk has them.
 */
export class Checkpointer {
  readonly #parts: Parts;
  /** Leaf hashes that the tree does not have yet. */
  #waiting: (readonly string[])[] = [];
  #size: number;
  #signedSize: number;
  #signedAt = -Infinity;
  #epochBegan = performance.now();
  #epochSize: number;
  readonly #failures = new Map<'sign' | 'turn', string>();
  #note = '';
  #checkpointEpoch: number;
  #triedToTurn = -Infinity;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#size = parts.frontier.size;
    this.#signedSize = this.#size;
    this.#epochSize = parts.statements.last?.size ?? 0;
    this.#checkpointEpoch = parts.checkpointEpoch;
  }

  /** Records that no checkpoint covers yet. */
  get uncovered(): number {
    return this.#size - this.#signedSize;
  }

  /** Why the last attempt failed; nothing when it did not. */
  get failure(): string | undefined {
    const [failure] = this.#failures.values();
    return failure;
  }

  /** The newest checkpoint of this process. */
  get note(): string {
    return this.#note;
  }

  /** Takes the leaf hashes of records that the disk has. They are hashed when there is time for it. */
  append(leafHashes: readonly string[]): void {
    this.#waiting.push(leafHashes);
    this.#size += leafHashes.length;
  }

  /** Brings the tree up to date and writes what is due. */
  writeIfDue(now = performance.now()): void {
    const { limits, keys } = this.#parts;
    this.#tree();
    const since = now - this.#signedAt;
    const isDue =
      (this.uncovered >= limits.checkpointRecords && since >= SHORTEST_INTERVAL_MS) ||
      (this.uncovered > 0 && since >= limits.checkpointMs) ||
      since >= limits.heartbeatMs;
    if (isDue) this.tryTo('sign');
    const hasGrown = this.#size > this.#epochSize;
    // One that could not be ended has been over since: at a start, its key is that of the run before.
    const isLate = keys.isSettled && this.#failures.has('turn');
    const isOver = hasGrown && (isLate || now - this.#epochBegan >= limits.epochMs);
    if ((isOver || !keys.isSettled) && now - this.#triedToTurn >= TURN_RETRY_MS) {
      this.tryTo(isOver ? 'turn the epoch' : 'settle the keys');
    }
  }

  /** Signs the log as it is now. */
  write(end: 'open' | 'closed' = 'open'): string {
    const { folder, keys, cache, statements } = this.#parts;
    statements.takeBack();
    const checkpoint = { ...this.#state(), ...(end === 'closed' && { closed: true as const }) };
    const note = signNote(logCheckpointText(checkpoint), keys.signers());
    cache.write(this.#tree());
    replaceDurablySync(join(folder, 'checkpoint'), note);
    this.#signed(note);
    return note;
  }

  /** Ends the epoch: its key signs the log and the next key, and is destroyed. */
  turnEpoch(): void {
    const { keys, statements } = this.#parts;
    // Whoever reads takes a checkpoint of this epoch or the one before, no older one.
    if (this.#checkpointEpoch !== keys.epoch) this.write();
    keys.turn((next) => {
      const statement = { ...this.#state(), next };
      statements.append(signNote(logCheckpointText(statement), keys.signers()), statement);
      this.#epochBegan = performance.now();
      this.#epochSize = statement.size;
    });
    this.tryTo('sign');
  }

  #tree(): Frontier {
    const { frontier } = this.#parts;
    for (const leafHashes of this.#waiting) {
      for (const leafHash of leafHashes) frontier.appendHex(leafHash);
    }
    this.#waiting = [];
    return frontier;
  }

  #state(): LogCheckpoint {
    const { stream, keys } = this.#parts;
    const frontier = this.#tree();
    return {
      stream,
      size: frontier.size,
      root: frontier.root(),
      epoch: keys.epoch,
      time: new Date().toISOString(),
    };
  }

  #signed(note: string): void {
    this.#note = note;
    this.#checkpointEpoch = this.#parts.keys.epoch;
    this.#signedSize = this.#size;
    this.#signedAt = performance.now();
    this.#parts.onCheckpoint(note);
  }

  /** Lets go of its files. */
  close(): void {
    this.#parts.statements.close();
  }

  /** A failure, as on a full disk, is kept for the health report, and tried again later. */
  tryTo(what: 'sign' | 'turn the epoch' | 'settle the keys'): void {
    const which = what === 'sign' ? 'sign' : 'turn';
    try {
      if (what === 'sign') this.write();
      else if (what === 'turn the epoch') this.turnEpoch();
      else this.#parts.keys.settle();
      this.#failures.delete(which);
    } catch (error) {
      this.#failures.set(which, systemErrorCode(error));
      if (which === 'sign') this.#signedAt = performance.now();
      else this.#triedToTurn = performance.now();
    }
  }
}
