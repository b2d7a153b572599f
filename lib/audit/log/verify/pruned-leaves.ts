import { inOrder } from './in-order.js';
import type { RootCheck } from './root-check.js';
import type { TilesTask } from './scan-tiles.js';
import type { StreamContext } from './stream-context.js';

const PART_LEAVES = 256 * 1024;

/** Where the leaves end that only tiles hold. */
export interface PrunedEnd {
  /** The place behind the last one that is there. */
  readonly next: number;
  /** The last one, 64 hexadecimal digits; nothing where there is none. */
  readonly lastLeaf: string | undefined;
}

/**
 * Takes the leaves of pruned records out of the tiles of a stream.
 *
 * @param end the first record that is left
 * @throws AuditError `AUDIT_LOG_UNREADABLE`
 */
export async function takePrunedLeaves(
  { runner, signal }: StreamContext,
  folder: string,
  end: number,
  { sizes, roots }: { readonly sizes: SharedArrayBuffer; readonly roots: RootCheck },
): Promise<PrunedEnd> {
  let last: PrunedEnd = { next: 0, lastLeaf: undefined };
  const tasks = tileTasks(folder, end, sizes);
  for await (const [task, result] of inOrder(tasks, runner.width, (each) => runner.run(each))) {
    signal?.throwIfAborted();
    roots.append(result);
    last = { next: result.next, lastLeaf: result.lastLeaf };
    if (result.next < task.to) break;
  }
  return last;
}

function* tileTasks(folder: string, end: number, sizes: SharedArrayBuffer): Generator<TilesTask> {
  for (let from = 0; from < end; from += PART_LEAVES) {
    yield { kind: 'tiles', folder, from, to: Math.min(end, from + PART_LEAVES), sizes };
  }
}
