import { cpSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { leafHash } from '../../lib/audit/log/leaf-hash.js';
import { LogTiles } from '../../lib/audit/log/log-tiles.js';
import { TileStore } from '../../lib/audit/log/merkle/tile-store.js';
import { prunableSegments } from '../../lib/audit/log/retention/prunable-segments.js';
import type { RetentionOptions } from '../../lib/audit/log/retention/retention.options.js';
import { pruneSegments } from '../../lib/audit/log/retention/retention.js';
import { ownRecordBody } from '../../lib/audit/log/writer/own-record.js';
import { auditBody, onlyStream } from '../support/crashed-log.js';

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.parse('2026-11-23T00:00:00.000Z') + 10 * DAY;

function segment(nextSeq: number, age: number, bytes = 100) {
  return { file: `seg-${nextSeq}`, nextSeq, bytes, lastTime: NOW - age * DAY };
}

describe('What retention lets go', () => {
  const limits = { floor: Infinity, now: NOW, openBytes: 100 };
  const all = [segment(10, 30), segment(20, 20), segment(30, 5)];
  const chosen = (options: RetentionOptions, change = {}): number[] =>
    prunableSegments(all, options, { ...limits, ...change }).map(({ nextSeq }) => nextSeq);

  it.each<[string, RetentionOptions, object, number[]]>([
    ['nothing without a setting', {}, {}, []],
    ['what is too old', { days: 10 }, {}, [10, 20]],
    ['the oldest while all are too long', { maxBytes: 250 }, {}, [10, 20]],
    ['nothing on legal hold', { days: 1, maxBytes: 0, legalHold: true }, {}, []],
    ['nothing that a sink or an anchor still needs', { days: 1 }, { floor: 19 }, [10]],
    ['every closed segment at the most', { maxBytes: 0 }, {}, [10, 20, 30]],
  ])('is %s', (_, options, change, expected) => {
    expect(chosen(options, change)).toEqual(expected);
  });

  it('has no gap: behind a segment that stays, all stay', () => {
    const closed = [segment(10, 1), segment(20, 30)];
    expect(prunableSegments(closed, { days: 10 }, limits)).toEqual([]);
  });

  it('is not what has no readable time', () => {
    const closed = [{ ...segment(10, 30), lastTime: undefined }];
    expect(prunableSegments(closed, { days: 10 }, limits)).toEqual([]);
  });
});

describe('Pruning', () => {
  async function prunedLog() {
    const directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
    const log = new FileAuditLog(directory, {
      writer: 'inline',
      limits: { segmentBytes: 4000, reserveBytes: 0 },
    });
    await log.open();
    for (let n = 0; n < 400; n += 1) await log.append(auditBody(n));
    const { folder, lines } = onlyStream(directory);
    const order: string[] = [];
    const pruned = await pruneSegments({
      folder,
      tiles: new LogTiles(folder),
      options: { days: 1 },
      floor: () => 300,
      now: () => NOW,
      record: (record) => {
        order.push(`${record.event} with ${readdirSync(folder).filter(isSegment).length} files`);
        return log.append(ownRecordBody(record));
      },
    });
    return { directory, log, folder, lines, pruned, order };
  }
  const isSegment = (file: string): boolean => file.startsWith('seg-');

  it('keeps the leaf hashes, records what goes, and only then removes it', async () => {
    const { log, folder, lines, pruned, order } = await prunedLog();
    const left = readdirSync(folder).filter(isSegment).toSorted();
    const firstLeft = Number(left[0]?.slice(4, 20));
    expect(firstLeft).toBeGreaterThan(250);
    expect(firstLeft).toBeLessThanOrEqual(300);
    expect(order).toEqual([`audit_segments_pruned with ${left.length + pruned} files`]);
    const leaves = await new TileStore(folder).leaves(0, firstLeft);
    expect(leaves.map((leaf) => leaf.toString('hex'))).toEqual(
      lines.slice(0, firstLeft).map((line) => leafHash(Buffer.from(line))),
    );
    const newest = readFileSync(join(folder, left.at(-1) ?? ''), 'utf8');
    expect(newest).toContain(`"through":${firstLeft - 1}`);
    await log.close();
  });

  it('leaves a log that starts again, also without its cache', async () => {
    const { directory, log, folder } = await prunedLog();
    await log.close();
    const copy = `${directory}-copy`;
    cpSync(directory, copy, { recursive: true, filter: (path) => !path.endsWith('frontier.json') });
    for (const each of [directory, copy]) {
      const again = new FileAuditLog(each, { writer: 'inline', limits: { reserveBytes: 0 } });
      await again.open();
      expect((await again.append(auditBody(1))).id).toMatch(/:401$/);
      await again.close();
    }
    expect(readdirSync(folder)).toContain('frontier.json');
  });
});
