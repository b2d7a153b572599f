import { checkWhole } from '../../common/check-whole.js';
import { refuseUnknown } from '../../common/refuse-unknown.js';
import type { RotationCheckpoint } from './rotation-checkpoint.js';
import type { RotationProgress } from './rotation-report.js';
import type { RotationSource } from './rotation-source.js';

const KNOWN = [
  'source',
  'batchSize',
  'concurrency',
  'dryRun',
  'failFast',
  'checkpoint',
  'signal',
  'onProgress',
];
const MAX_BATCH = 100_000;
const MAX_CONCURRENCY = 1000;

/** What {@link RotationService.run} is told. */
export interface RotationOptions {
  /** Where the values are. */
  source: RotationSource;
  /**
   * How many rows are read at a time, 1 to 100000. After each batch the checkpoint is saved.
   *
   * @default 500
   */
  batchSize?: number;
  /**
   * How many swaps run at a time, 1 to 1000: as many as the source has connections. One of `sqlSource` is over
   * 25 rows.
   *
   * @default 4
   */
  concurrency?: number;
  /**
   * Whether to open and encrypt everything and write nothing.
   *
   * @default true
   */
  dryRun?: boolean;
  /**
   * Whether to stop at the first row that fails.
   *
   * @default false
   */
  failFast?: boolean;
  /**
   * Remembers how far the run has come, so that the next one goes on there. Not looked at in a dry run.
   *
   * @default none: every run begins at the first row
   */
  checkpoint?: RotationCheckpoint;
  /**
   * Stops the run when it aborts: the batch that is under way is finished first, and the promise resolves
   * with the report.
   *
   * @default none
   */
  signal?: AbortSignal;
  /**
   * Is told after each batch how far the run is.
   *
   * @default nobody is told
   */
  onProgress?: (progress: RotationProgress) => void;
}

/** {@link RotationOptions} after checking, with the defaults filled in. */
export type ResolvedRotationOptions = RotationOptions &
  Required<Pick<RotationOptions, 'batchSize' | 'concurrency' | 'dryRun' | 'failFast'>>;

/**
 * Checks the options of a run and fills the defaults in.
 *
 * @throws TypeError for an unknown option or a value of the wrong type, RangeError for a number out of bounds
 */
export function resolveRotationOptions(options: RotationOptions): ResolvedRotationOptions {
  refuseUnknown(options, KNOWN, 'run');
  const { batchSize = 500, concurrency = 4, dryRun = true, failFast = false } = options;
  checkSource(options.source);
  checkWhole(batchSize, 'batchSize', 1, MAX_BATCH);
  checkWhole(concurrency, 'concurrency', 1, MAX_CONCURRENCY);
  for (const [name, value] of Object.entries({ dryRun, failFast })) {
    // The text 'false' from a variable would otherwise count as true, or the other way round.
    if (typeof value !== 'boolean') throw new TypeError(`${name} must be true or false`);
  }
  return { ...options, batchSize, concurrency, dryRun, failFast };
}

/**
 * Refuses what is no source. Looks at the methods, since a source may come from another copy of this package
 * than the command that runs.
 *
 * @throws TypeError for what lacks a method or a name
 */
export function checkSource(source: unknown): asserts source is RotationSource {
  const has = (name: string, type: string): boolean =>
    typeof source === 'object' && source !== null && typeof Reflect.get(source, name) === type;
  const methods = ['batches', 'reread', 'swap'];
  if (!has('name', 'string') || !methods.every((name) => has(name, 'function'))) {
    throw new TypeError('source must be a RotationSource, such as sqlSource() gives');
  }
}
