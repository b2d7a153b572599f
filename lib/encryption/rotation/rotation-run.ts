import { setImmediate as nextTurn } from 'node:timers/promises';
import { EncryptionError } from '../../errors/encryption.error.js';
import type { EncryptionService } from '../encryption.service.js';
import { chunksOf } from './chunks-of.js';
import { RingPrimaries } from './ring-primaries.js';
import type { RotationReport } from './rotation-report.js';
import type { ResolvedRotationOptions } from './rotation.options.js';
import type { RotationRow } from './rotation-source.js';
import { RotationTally } from './rotation-tally.js';
import { runLimited } from './run-limited.js';
import { settleChunk } from './settle-chunk.js';

type Encryption = Pick<EncryptionService, 'decryptDetailed' | 'rotate' | 'seal'>;

/** One run through a source, from a checkpoint or the first row to the end, or as far as it comes. */
export class RotationRun {
  readonly #encryption: Encryption;
  readonly #options: ResolvedRotationOptions;
  readonly #tally = new RotationTally();
  readonly #primaries: RingPrimaries;
  #lastCursor: string | undefined;

  constructor(encryption: Encryption, options: ResolvedRotationOptions) {
    this.#encryption = encryption;
    this.#options = options;
    this.#primaries = new RingPrimaries(encryption);
  }

  /**
   * Goes through the rows.
   *
   * @throws EncryptionError `ENC_CHECKPOINT_INVALID`; whatever the source or the checkpoint throws
   */
  async run(): Promise<RotationReport> {
    const { source, batchSize: size, concurrency, onProgress } = this.#options;
    const after = await this.#startsAfter();
    const reading = after === undefined ? { size } : { after, size };
    const total = onProgress && (await source.count?.(after));
    for await (const batch of source.batches(reading)) {
      if (this.#isAborted()) return this.#report(after, false);
      const chunks = chunksOf(batch, source);
      await runLimited(chunks, concurrency, (chunk) => this.#settle(chunk));
      if (this.#hasFailedFast()) return this.#report(after, false);
      await this.#pass(batch);
      if (this.#lastCursor === undefined) continue;
      onProgress?.({ ...this.#tally.counts(), lastCursor: this.#lastCursor, total });
    }
    if (!this.#options.dryRun) await this.#options.checkpoint?.clear();
    return this.#report(after, true);
  }

  /** Where a checkpoint says that the run may begin. One under other primary keys says nothing. */
  async #startsAfter(): Promise<string | undefined> {
    const { checkpoint, dryRun, source } = this.#options;
    const position = dryRun ? undefined : await checkpoint?.load();
    if (!position) return undefined;
    if (position.source !== source.name) {
      throw new EncryptionError(
        'ENC_CHECKPOINT_INVALID',
        `the checkpoint is one of ${JSON.stringify(position.source)}, not of ${JSON.stringify(source.name)}: give every source its own`,
      );
    }
    if (!this.#primaries.areStill(position.keys)) return undefined;
    for (const ring of Object.keys(position.keys)) this.#primaries.meet(ring);
    this.#tally.passOver(position.failedCount ?? 0);
    return position.cursor;
  }

  async #settle(chunk: readonly RotationRow[]): Promise<void> {
    // Encrypting is synchronous: whatever else the process does would wait for all of the batch.
    await nextTurn();
    const { source, dryRun, failFast } = this.#options;
    const tally = this.#tally;
    for (const { ring } of chunk) this.#primaries.meet(ring);
    await settleChunk(chunk, { encryption: this.#encryption, source, dryRun, failFast, tally });
  }

  /** Notes that all rows of a batch are settled. */
  async #pass(batch: readonly RotationRow[]): Promise<void> {
    const cursor = batch.at(-1)?.cursor;
    if (cursor === undefined) return;
    this.#lastCursor = cursor;
    const { checkpoint, dryRun, source } = this.#options;
    if (dryRun) return;
    const { failedCount } = this.#tally.counts();
    await checkpoint?.save({
      source: source.name,
      cursor,
      keys: this.#primaries.ids(),
      ...(failedCount > 0 && { failedCount }),
    });
  }

  #isAborted(): boolean {
    return this.#options.signal?.aborted ?? false;
  }

  #hasFailedFast(): boolean {
    return this.#options.failFast && this.#tally.hasFailed;
  }

  #report(resumedAfter: string | undefined, done: boolean): RotationReport {
    const { source, dryRun } = this.#options;
    return {
      source: source.name,
      dryRun,
      ...this.#tally.counts(),
      failed: this.#tally.failures(),
      resumedAfter,
      lastCursor: this.#lastCursor,
      done,
    };
  }
}
