import fc from 'fast-check';
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { segmentsOf } from '../../lib/audit/log/read/log-folder.js';
import { locateChange } from '../../lib/audit/log/verify/locate-change.js';
import { buildAuditLog, type TestLog } from '../support/audit-log-builder.js';
import type { TestStream } from '../support/audit-log-stream.js';
import { problemsOf, verified } from '../support/audit-verification.js';

const SEGMENTS = [
  'seg-0000000000000000.jsonl',
  'seg-0000000000000040.jsonl',
  'seg-0000000000000080.jsonl',
];

let log: TestLog;
let stream: TestStream;

afterEach(() => log.remove());

function build(tiles: 'all' | 'pruned'): void {
  log = buildAuditLog({ tiles, cosigned: [50, 100] });
  const [first] = log.streams;
  if (!first) throw new Error('a stream was expected');
  stream = first;
}

function pathOf(file: string): string {
  return join(log.directory, stream.name, file);
}

/** Which record a byte of a segment belongs to; its line end counts as a part of it. */
function recordAt(bytes: Buffer, segment: string, at: number): number {
  const before = bytes.subarray(0, at).toString('latin1').split('\n').length - 1;
  return Number(/\d{16}/.exec(segment)?.[0]) + before;
}

/** The files of a folder that this process holds open, where the system tells. */
function openFilesIn(folder: string): string[] {
  const handles = '/proc/self/fd';
  if (!existsSync(handles)) return [];
  const files = readdirSync(handles).map((name) => {
    // One that was opened to list the others is gone by now.
    const isThere = lstatSync(join(handles, name), { throwIfNoEntry: false }) !== undefined;
    return isThere ? readlinkSync(join(handles, name)) : '';
  });
  return files.filter((file) => file.startsWith(folder));
}

const change = fc.record({
  place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  mask: fc.integer({ min: 1, max: 255 }),
});

/** Changes one byte of a file, looks, and puts it back. */
async function withByte<T>(
  file: string,
  { place, mask }: { place: number; mask: number },
  look: (genuine: Buffer, at: number) => Promise<T>,
): Promise<T> {
  const genuine = readFileSync(pathOf(file));
  const at = Math.floor(place * genuine.length);
  const changed = Buffer.from(genuine);
  changed.writeUInt8(changed.readUInt8(at) ^ mask, at);
  writeFileSync(pathOf(file), changed);
  try {
    return await look(genuine, at);
  } finally {
    writeFileSync(pathOf(file), genuine);
  }
}

describe('One byte of a segment that was changed', () => {
  it('is found in the record that it belongs to, where the tiles still hold what was signed', async () => {
    build('all');
    const check = fc.asyncProperty(fc.constantFrom(...SEGMENTS), change, async (file, byte) => {
      const [report, seq] = await withByte(
        file,
        byte,
        async (genuine, at) => [await verified(log), recordAt(genuine, file, at)] as const,
      );
      expect([report.status, report.firstBadSeq]).toEqual(['tampered', seq]);
      expect(report.streams[0]?.problems[0]).toMatchObject({ seq, file: `${stream.name}/${file}` });
    });
    await fc.assert(check, { numRuns: 60 });
  });

  it('is found in that record or the one before it, without tiles', async () => {
    build('pruned');
    const check = fc.asyncProperty(fc.constantFrom(...SEGMENTS), change, async (file, byte) => {
      const [report, seq] = await withByte(
        file,
        byte,
        async (genuine, at) => [await verified(log), recordAt(genuine, file, at)] as const,
      );
      expect(report.status).toBe('tampered');
      // Nothing follows the last record that would hold it down but the checkpoint.
      const least = seq === 99 ? 60 : seq - 1;
      expect(report.firstBadSeq).toBeGreaterThanOrEqual(least);
      expect(report.firstBadSeq).toBeLessThanOrEqual(seq);
    });
    await fc.assert(check, { numRuns: 60 });
  });
});

describe('A record that was changed, with all behind it chained and signed anew', () => {
  function rewrite(seq: number): void {
    stream.lines[seq] = String(stream.lines[seq]).replace('success', 'failure');
    stream.relink(seq);
    stream.checkpoint = stream.note(100, 2);
  }

  it('is told by tiles that hold what was signed, though a later root is right', async () => {
    build('all');
    const files = stream.files();
    rewrite(45);
    log.write();
    writeFileSync(pathOf('tile/0/000.p/100'), files.get('tile/0/000.p/100') ?? '');
    const [report] = (await verified(log)).streams;
    expect(new Set(report && problemsOf(report))).toEqual(new Set(['root-mismatch 45']));
    expect(report?.problems[0]).toMatchObject({ file: `${stream.name}/${SEGMENTS[1]}` });
  });

  it('is somewhere behind the last root before it that holds, without tiles', async () => {
    build('pruned');
    rewrite(45);
    log.write();
    const { firstBadSeq, streams } = await verified(log);
    // The anchored root over 100 records is wrong, that of the checkpoint over as many is right.
    expect([firstBadSeq, streams[0]?.signed]).toEqual([30, 30]);
  });
});

describe('Records that are looked through for a change', () => {
  it('are not held open where there is none', async () => {
    build('all');
    const folder = join(log.directory, stream.name);
    const [size, nodes] = [0, Buffer.alloc(0)];
    const signed = { size: 50, roots: [stream.rootAt(50)] };
    const segments = await segmentsOf(folder);
    expect(await locateChange(folder, segments, { size, nodes }, signed)).toBeUndefined();
    expect(openFilesIn(folder)).toEqual([]);
  });
});

describe('One byte of what proves a log that was changed', () => {
  it.each(['checkpoint', 'epochs.notes', 'genesis.json', 'identity.vkey'])(
    'keeps it from being clean: %s',
    async (file) => {
      build('pruned');
      const check = fc.asyncProperty(change, async (byte) => {
        const status = await withByte(file, byte, async () => (await verified(log)).status);
        expect(status).not.toBe('clean');
      });
      await fc.assert(check, { numRuns: 30 });
    },
  );
});

describe('Lines of a segment that were moved about', () => {
  it('keep it from being clean, whatever was done', async () => {
    build('pruned');
    const edits = fc.array(
      fc.record({ from: fc.nat(39), count: fc.nat(5), to: fc.nat(39), copies: fc.nat(2) }),
      { minLength: 1, maxLength: 4 },
    );
    const genuine = readFileSync(pathOf('seg-0000000000000040.jsonl'), 'latin1');
    const check = fc.asyncProperty(edits, async (all) => {
      const lines = genuine.split('\n').slice(0, -1);
      for (const { from, count, to, copies } of all) {
        const moved = lines.splice(from, count);
        for (let copy = 0; copy < copies; copy += 1) lines.splice(to, 0, ...moved);
      }
      const text = lines.map((line) => `${line}\n`).join('');
      fc.pre(text !== genuine);
      writeFileSync(pathOf('seg-0000000000000040.jsonl'), text, 'latin1');
      expect((await verified(log)).status).toBe('tampered');
    });
    await fc.assert(check, { numRuns: 60 });
  });
});
