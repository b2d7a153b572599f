import { jest } from '@jest/globals';
import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import * as files from 'node:fs/promises';
import { join } from 'node:path';
import type { TestLog } from '../support/audit-log-builder.js';
import { leafTilePath } from '../support/audit-log-format.js';
import { segmentName, type TestStream } from '../support/audit-log-stream.js';

/** What happens whenever a path is looked at. */
const onLook = new Map<string, () => void>();
jest.unstable_mockModule('node:fs/promises', () => ({
  ...files,
  lstat: (path: string) => {
    onLook.get(path)?.();
    return files.lstat(path);
  },
}));
const { exportLog } = await import('../../lib/audit/log/read/export-log.js');
const { segmentsOf } = await import('../../lib/audit/log/read/log-folder.js');
const { LogFollower } = await import('../../lib/audit/log/read/log-follower.js');
const { proofsOf } = await import('../../lib/audit/log/read/prove-record.js');
const { checkpointOver, storedCheckpoints } =
  await import('../../lib/audit/log/read/stored-checkpoint.js');
const { problemsOf, verified, withStream } = await import('../support/audit-verification.js');

/** Its first segment may be removed: a record says so, and the tiles are there. */
const PRUNABLE = {
  tiles: 'all',
  fields: (seq: number) => ({
    actor: { pseudo: 'somebody' },
    ...(seq === 90 && { event: 'audit_segments_pruned', details: { through: 39 } }),
  }),
} as const;

function folderOf({ directory }: TestLog, { name }: TestStream): string {
  return join(directory, name);
}

describe('A log that is pruned while it is read', () => {
  it('is clean, though the record of it is in a segment that was begun after the others were listed', async () => {
    await withStream(PRUNABLE, async (stream, log) => {
      const folder = folderOf(log, stream);
      // Of the last segment nothing is there yet.
      const [newest, aside] = [join(folder, segmentName(80)), join(folder, 'aside')];
      renameSync(newest, aside);
      const oldest = join(folder, segmentName(0));
      let looks = 0;
      onLook.set(oldest, () => {
        looks += 1;
        // The first time, it is only asked how much there is to read.
        if (looks !== 2) return;
        renameSync(aside, newest);
        rmSync(oldest);
      });
      const { status, streams } = await verified(log);
      expect([status, streams.flatMap(problemsOf)]).toEqual(['clean', []]);
      expect(looks).toBe(2);
    });
  });

  it('is exported from the first record on that is left', async () => {
    await withStream(PRUNABLE, async (stream, log) => {
      const pruned = (): string[] => {
        rmSync(join(folderOf(log, stream), segmentName(0)), { force: true });
        return ['somebody'];
      };
      const out = join(log.directory, '..', 'out');
      const identifier = { type: 'name', value: 'somebody' };
      const { streams } = await exportLog(log.directory, { actor: { identifier } }, pruned, out);
      expect(streams).toMatchObject([{ records: 60 }]);
    });
  });

  it('is followed from the first record on that is left', async () => {
    await withStream(PRUNABLE, async (stream, log) => {
      const folder = folderOf(log, stream);
      const whole = readFileSync(join(folder, segmentName(0)), 'utf8');
      const later = [40, 80].map((first) => join(folder, segmentName(first)));
      for (const path of later) renameSync(path, `${path}.aside`);
      writeFileSync(join(folder, segmentName(0)), '');
      const follower = await LogFollower.at(log.directory);
      appendFileSync(join(folder, segmentName(0)), whole);
      for (const path of later) renameSync(`${path}.aside`, path);
      const seen: number[] = [];
      for await (const { seq } of follower.added()) {
        seen.push(seq);
        // What is open can be read to its end.
        if (seq === 0) for (const first of [0, 40]) rmSync(join(folder, segmentName(first)));
      }
      const through = (from: number, to: number) =>
        Array.from({ length: to - from }, (_, index) => from + index);
      expect(seen).toEqual([...through(0, 40), ...through(80, 100)]);
    });
  });

  it('proves its records by the tiles of those that are gone', async () => {
    await withStream(PRUNABLE, async (stream, log) => {
      const folder = folderOf(log, stream);
      const before = { folder, segments: await segmentsOf(folder) };
      // Only of pruned records are the tiles as they have to be.
      const tile = Buffer.concat(
        stream.leaves().map((leaf, seq) => (seq < 40 ? leaf : Buffer.alloc(32))),
      );
      writeFileSync(join(folder, leafTilePath(0, 100)), tile);
      rmSync(join(folder, segmentName(0)));
      const stored = checkpointOver(await storedCheckpoints(folder, stream.name), 50);
      if (!stored) throw new Error('a checkpoint was expected');
      const leaf = stream.leaves()[50]?.toString('hex') ?? '';
      expect(await proofsOf(before, [{ seq: 50, leaf }], stored)).toHaveLength(1);
    });
  });
});
