import fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { segmentsOf } from '../../lib/audit/log/read/log-folder.js';
import { CompactRange, levelsOf } from '../../lib/audit/log/verify/compact-range.js';
import { eventAt } from '../../lib/audit/log/verify/event-at.js';
import {
  hasHashDigits,
  hashText,
  hashTextBytes,
  hashTextOf,
  putHashText,
} from '../../lib/audit/log/verify/hash-text.js';
import { RecordTemplate } from '../../lib/audit/log/verify/record-template.js';
import type { RecordsResult } from '../../lib/audit/log/verify/records-task.js';
import { scanRecords } from '../../lib/audit/log/verify/scan-records.js';
import { SizeCursor } from '../../lib/audit/log/verify/size-cursor.js';
import { rootOf, sha256 } from '../support/audit-log-format.js';
import { withStream } from '../support/audit-verification.js';

/** How much a reader reads at first. */
const READ_BYTES = 256 * 1024;

function leavesOf(count: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => sha256(`leaf ${index}`));
}

function rangeOf(leaves: readonly Buffer[], from: number, to: number): CompactRange {
  const range = new CompactRange(from);
  for (const leaf of leaves.slice(from, to)) range.append(hashTextOf(leaf));
  return range;
}

describe('A compact range', () => {
  it('gives the root of RFC 6962 at every size', () => {
    const leaves = leavesOf(130);
    for (let size = 0; size <= leaves.length; size += 1) {
      expect(rangeOf(leaves, 0, size).root()).toEqual(rootOf(leaves, size));
    }
  });

  it('gives the same root however the leaves are split among threads', () => {
    const leaves = leavesOf(600);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: leaves.length }),
        fc.array(fc.integer({ min: 0, max: leaves.length }), { maxLength: 6 }),
        (size, splits) => {
          const ends = [...splits.filter((end) => end < size), size].toSorted((a, b) => a - b);
          const whole = new CompactRange(0);
          for (const end of ends) {
            whole.appendRange(end, rangeOf(leaves, whole.end, end).nodes());
          }
          expect(whole.root()).toEqual(rootOf(leaves, size));
        },
      ),
    );
  });

  it('holds one node for each perfect subtree that fills it', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(200), (from, length) => {
        const leaves = leavesOf(length);
        const range = new CompactRange(from);
        for (const leaf of leaves) range.append(hashTextOf(leaf));
        const levels = levelsOf(from, from + length);
        expect(range.nodes()).toHaveLength(levels.length * 32);
        expect(levels.reduce((sum, level) => sum + 2 ** level, 0)).toBe(length);
      }),
    );
  });

  it('counts beyond 32 bits', () => {
    const from = 2 ** 40 - 3;
    const [leaves, range] = [leavesOf(6), new CompactRange(from)];
    for (const leaf of leaves) range.append(hashTextOf(leaf));
    // A leaf and a pair on the left of 2 ** 40 do not join with what is on its right.
    expect(levelsOf(from, from + 6)).toEqual([0, 1, 1, 0]);
    expect(range.nodes().subarray(0, 32)).toEqual(leaves[0]);
  });
});

describe('A hash as a text', () => {
  it('is the SHA-256 of the bytes, gives its bytes back, and knows its digits', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(7), fc.nat(63), (bytes, at, changed) => {
        const [expected, text] = [sha256(Buffer.from(bytes)), hashText(bytes)];
        expect(hashTextBytes(text)).toEqual(expected);
        expect(hashTextOf(expected)).toBe(text);
        const memory = Buffer.alloc(80, 0xff);
        const view = new DataView(memory.buffer, memory.byteOffset, memory.length);
        putHashText(text, view, at);
        expect(memory.subarray(at, at + 32)).toEqual(expected);
        expect(memory.subarray(at + 32)).toEqual(Buffer.alloc(48 - at, 0xff));
        memory.write(expected.toString('hex'), at);
        expect(hasHashDigits(view, at, text)).toBe(true);
        memory[at + changed] = (memory[at + changed] ?? 0) ^ 0x20;
        expect(hasHashDigits(view, at, text)).toBe(false);
      }),
    );
  });
});

describe('What a record has to begin with', () => {
  const viewOf = (bytes: Buffer): DataView =>
    new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

  it('is known of one record after the other, also where the number grows by a digit', () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 7, 8, 9, 98, 999, 99_999, 2 ** 40), (seq) => {
        const template = new RecordTemplate('0-stream00', seq, hashTextOf(sha256(`${seq}`)));
        for (let next = seq; next < seq + 4; next += 1) {
          const prev = sha256(`${next}`).toString('hex');
          const line = `{"v":1,"seq":${next},"prev":"${prev}","id":"0-stream00:${next}","time":"`;
          expect(template.length).toBe(line.length);
          expect(template.matches(viewOf(Buffer.from(`..${line}`)), 2)).toBe(true);
          template.advance(hashTextOf(sha256(`${next + 1}`)));
        }
      }),
    );
  });

  it('is told from everything that differs in one byte, and from what ends before', () => {
    const hash = sha256('a record');
    const line = `{"v":1,"seq":17,"prev":"${hash.toString('hex')}","id":"0-stream00:17","time":"`;
    const template = new RecordTemplate('0-stream00', 17, hashTextOf(hash));
    for (let at = 0; at < line.length; at += 1) {
      for (let byte = 0; byte < 256; byte += 1) {
        const bytes = Buffer.from(line);
        const isSame = bytes[at] === byte;
        bytes.writeUInt8(byte, at);
        expect(template.matches(viewOf(bytes), 0)).toBe(isSame);
      }
      expect(template.matches(viewOf(Buffer.from(line)), at)).toBe(at === 0);
      expect(template.matches(viewOf(Buffer.from(line.slice(0, at))), 0)).toBe(false);
    }
  });
});

describe('The event of a record', () => {
  const PATTERN = /^[0-9TZ:.+-]{24,27}(?=","event":")/;
  const TIMES = [
    '2026-11-27T10:00:00.000Z',
    '+012026-11-27T10:00:00.000Z',
    '2026-11-27T10:00Z',
    '',
  ];
  const times = fc.oneof(
    fc.constantFrom(...TIMES),
    fc.stringMatching(/^[0-9TZ:.+-]{20,30}$/),
    fc.stringMatching(/^[0-9TZ:.+"-]{24}$/),
  );
  const rests = fc.constantFrom(
    '","event":"',
    '","event":"authn',
    '","evenT":"',
    '","event":',
    '"',
  );

  it('is found behind a time of 24 to 27 characters, and nowhere else', () => {
    fc.assert(
      fc.property(times, rests, fc.nat(3), (time, rest, before) => {
        const text = `${time}${rest}`;
        const bytes = Buffer.from(`${'x'.repeat(before)}${text}`);
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        const length = PATTERN.exec(text)?.[0].length;
        const expected = length === undefined ? -1 : before + length + '","event":"'.length;
        expect(eventAt({ bytes, view }, before)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('is not found where the bytes of the usual form are others by one', () => {
    const line = `${TIMES[0] ?? ''}","event":"x`;
    for (let at = 0; at < line.length - 1; at += 1) {
      for (let byte = 0; byte < 256; byte += 1) {
        const bytes = Buffer.from(line);
        bytes.writeUInt8(byte, at);
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        const expected = PATTERN.test(bytes.toString('latin1')) ? line.length - 1 : -1;
        expect(eventAt({ bytes, view }, 0)).toBe(expected);
      }
    }
  });
});

describe('A segment that is scanned in parts', () => {
  it('leads to the same records and roots wherever it is cut', async () => {
    await withStream({ records: 300, segments: [0] }, async (stream, { directory }) => {
      const [segment] = await segmentsOf(join(directory, stream.name));
      if (!segment) throw new Error('a segment was expected');
      const { path, size: end } = segment;
      const places = fc.array(fc.integer({ min: 1, max: end - 1 }), { maxLength: 5 });
      const sizes = fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { maxLength: 5 });
      const check = fc.asyncProperty(places, sizes, async (splits, wanted) => {
        const share = SizeCursor.share(wanted.toSorted((a, b) => a - b));
        const ends = [...new Set([...splits, end])].toSorted((a, b) => a - b);
        const whole = new CompactRange(0);
        for (const [index, to] of ends.entries()) {
          const from = ends[index - 1] ?? 0;
          const task = { kind: 'records', path, stream: stream.name, from, to, end } as const;
          const part = await scanRecords({ ...task, limit: 1000, sizes: share });
          appendPart(whole, part, wanted, stream.leaves());
        }
        expect(whole.root()).toEqual(rootOf(stream.leaves()));
      });
      await fc.assert(check, { numRuns: 30 });
    });
  });

  it('shows a change of any byte, also where one piece that is read ends and the next begins', async () => {
    await withStream({ records: 2500, segments: [0] }, async (stream, { directory }) => {
      const [segment] = await segmentsOf(join(directory, stream.name));
      if (!segment) throw new Error('a segment was expected');
      const { path, size } = segment;
      const whole = readFileSync(path);
      const range = { from: 0, to: size, end: size, limit: 2500, sizes: SizeCursor.share([]) };
      const task = { kind: 'records', path, stream: stream.name, ...range } as const;
      expect(await scanRecords(task)).toMatchObject({ next: 2500, endOffset: size });
      const showsChangeAt = async (at: number): Promise<void> => {
        const changed = Buffer.from(whole);
        changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
        writeFileSync(path, changed);
        const line = whole.subarray(0, at).filter((byte) => byte === 0x0a).length;
        const part = await scanRecords(task);
        if (part === 'gone' || !part.fault) throw new Error(`byte ${at} was missed`);
        expect([line - 1, line, line + 1]).toContain(part.fault.seq);
      };
      // The last record, and the line end before it, are proven by roots only.
      const last = whole.lastIndexOf(0x0a, size - 2);
      await fc.assert(fc.asyncProperty(fc.nat(last - 1), showsChangeAt), { numRuns: 200 });
      for (let at = READ_BYTES - 3; at < READ_BYTES + 3; at += 1) await showsChangeAt(at);
    });
  });

  it('ends at the first record of the next segment, whatever stands there', async () => {
    await withStream({ records: 50, segments: [0] }, async (stream, { directory }) => {
      const path = join(directory, stream.name, 'seg-0000000000000000.jsonl');
      const lines = stream.lines.slice(0, 20).map((line) => `${line}\n`);
      writeFileSync(path, `${lines.join('')}garbage\n\n\u0000`);
      const end = lines.join('').length;
      const sizes = SizeCursor.share([]);
      const task = { kind: 'records', path, stream: stream.name, from: 0, to: end + 10 } as const;
      const part = await scanRecords({ ...task, end: end + 10, limit: 20, sizes });
      expect(part).toMatchObject({ next: 20, endOffset: end });
      expect(part).not.toHaveProperty('fault');
    });
  });
});

function appendPart(
  whole: CompactRange,
  part: RecordsResult | 'gone',
  wanted: readonly number[],
  leaves: readonly Buffer[],
): void {
  if (part === 'gone') throw new Error('the segment is gone');
  expect(part.fault).toBeUndefined();
  if (!part.first) return;
  expect(part.first.seq).toBe(whole.end);
  const nodes = Buffer.from(part.nodes);
  let at = 0;
  for (const cut of part.cuts) {
    const length = levelsOf(whole.end, cut).length * 32;
    whole.appendRange(cut, nodes.subarray(at, at + length));
    at += length;
    expect(whole.root()).toEqual(rootOf(leaves, cut));
  }
  const inside = wanted.filter((size) => size > (part.first?.seq ?? 0) && size <= part.next);
  expect(part.cuts).toEqual(expect.arrayContaining(inside));
  expect(part.next).toBe(whole.end);
}
