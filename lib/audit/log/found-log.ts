import { leafHash } from './leaf-hash.js';
import type { FoundLog } from './log-watcher.js';
import { TileStore } from './merkle/tile-store.js';
import type { Stream } from './stream.js';
import { readIdentity } from './verify/stream-identity.js';
import { EpochStatements } from './writer/epoch-statements.js';
import { FrontierCache } from './writer/frontier-cache.js';
import { findLogEnd } from './writer/log-end.js';
import { readLines } from './writer/read-leaves.js';
import { listSegments } from './writer/segment-names.js';

/** Looks at a stream without changing anything of it. */
export async function findLog({ name, folder, genesis }: Stream): Promise<FoundLog> {
  const { segments, end } = findLogEnd(folder, listSegments(folder), genesis);
  const size = end.nextSeq;
  const statements = new EpochStatements(folder, name);
  const epoch = statements.count;
  const identity = await readIdentity(folder, name);
  statements.close();
  return {
    stream: name,
    folder,
    size,
    epoch,
    identity: typeof identity === 'string' ? undefined : identity,
    async leafHashAt(seq) {
      if (seq < (segments[0]?.firstSeq ?? 0)) return prunedHash(folder, seq);
      for await (const { line } of readLines(folder, segments, seq, seq + 1)) {
        return leafHash(Buffer.from(line, 'utf8'));
      }
      return undefined;
    },
    async rootAt(wanted) {
      return new FrontierCache(folder).rootAt(wanted);
    },
  };
}

async function prunedHash(folder: string, seq: number): Promise<string | undefined> {
  const tiles = new TileStore(folder);
  if (seq >= (await tiles.size())) return undefined;
  const [leaf] = await tiles.leaves(seq, seq + 1);
  return leaf?.toString('hex');
}
