import { resolve } from 'node:path';
import { FileRotationCheckpoint } from '../encryption/rotation/file.rotation-checkpoint.js';
import type { RotationProgress, RotationReport } from '../encryption/rotation/rotation-report.js';
import type { RotationOptions } from '../encryption/rotation/rotation.options.js';
import { chooseProgressView } from './choose-progress-view.js';
import type { ProgressState } from './progress-view.js';
import type { SetupFlags } from './setup-options.js';
import { say, type Terminal } from './terminal.js';
import { withRotation } from './with-rotation.js';

/** What the command line says of a run. */
export interface RotateFlags extends SetupFlags {
  readonly dryRun?: boolean;
  readonly failFast?: boolean;
  readonly json?: boolean;
  readonly checkpoint?: string;
  readonly batchSize: number;
  readonly concurrency: number;
}

/** Runs through the source that the flags name, shows how far it is, and stops after a batch when asked to. */
export async function rotate(flags: RotateFlags, terminal: Terminal): Promise<RotationReport> {
  return withRotation(flags, flags.concurrency, terminal, async ({ rotation, source }) => {
    const stop = new AbortController();
    const view = chooseProgressView(terminal);
    const forget = terminal.onStop(() => {
      view.stop();
      say(terminal, 'Stopping after this batch. Once more stops at once.');
      stop.abort();
    });
    try {
      return await rotation.run({
        ...runOptions(flags, terminal),
        source,
        signal: stop.signal,
        onProgress: (progress) => {
          if (!stop.signal.aborted) view.update(stateOf(progress));
        },
      });
    } finally {
      forget();
      view.stop();
    }
  });
}

function stateOf({ scanned, rotated, failedCount, total }: RotationProgress): ProgressState {
  return {
    value: scanned,
    total,
    unit: 'rows',
    details: `${rotated} rotated, ${failedCount} failed`,
  };
}

function runOptions(
  { dryRun = false, failFast = false, checkpoint, batchSize, concurrency }: RotateFlags,
  terminal: Terminal,
): Omit<RotationOptions, 'source'> {
  const path = checkpoint === undefined ? undefined : resolve(terminal.cwd(), checkpoint);
  return {
    dryRun,
    failFast,
    batchSize,
    concurrency,
    ...(path !== undefined && { checkpoint: new FileRotationCheckpoint(path) }),
  };
}
