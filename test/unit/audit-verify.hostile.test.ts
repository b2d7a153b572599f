import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { buildAuditLog, type TestLog } from '../support/audit-log-builder.js';
import { problemsOf, verified, verifiedStream } from '../support/audit-verification.js';

const FILES = [
  'genesis.json',
  'identity.vkey',
  'checkpoint',
  'epochs.notes',
  'cosigned.notes',
  'seg-0000000000000000.jsonl',
  'seg-0000000000000080.jsonl',
];

let log: TestLog;

beforeEach(() => {
  log = buildAuditLog({ tiles: 'all', cosigned: [50] });
});
afterEach(() => log.remove());

function pathOf(file: string): string {
  return join(log.directory, '0-stream00', file);
}

function largeNote(index: number): string {
  return `text ${index}\n${'x'.repeat(1000)}\n\n— nobody ${randomBytes(72).toString('base64')}\n\n`;
}

describe('In the place of a file of the log', () => {
  it.each(FILES)('a pipe that nobody writes to does not stop verification: %s', async (file) => {
    rmSync(pathOf(file));
    execFileSync('mkfifo', [pathOf(file)]);
    expect((await verified(log)).status).toBe('tampered');
  });

  it.each(FILES)('a link is not followed: %s', async (file) => {
    const elsewhere = join(log.directory, 'elsewhere');
    renameSync(pathOf(file), elsewhere);
    symlinkSync(elsewhere, pathOf(file));
    expect((await verified(log)).status).toBe('tampered');
  });

  it.each(FILES)('a folder is no file: %s', async (file) => {
    rmSync(pathOf(file));
    mkdirSync(pathOf(file));
    expect((await verified(log)).status).toBe('tampered');
  });

  it.each(FILES)('noise is tampering: %s', async (file) => {
    writeFileSync(pathOf(file), randomBytes(3 * 1024 * 1024));
    expect((await verified(log)).status).toBe('tampered');
  });

  it.each(FILES)('a file of a terabyte is not read through: %s', async (file) => {
    truncateSync(pathOf(file), 2 ** 40);
    expect((await verified(log)).status).toBe('tampered');
  });

  it.each(FILES.slice(0, 5))('10 MB are not taken into memory: %s', async (file) => {
    appendFileSync(pathOf(file), 'x'.repeat(10_000_000));
    expect((await verified(log)).status).toBe('tampered');
  });
});

describe('A folder that somebody has filled', () => {
  it('with thousands of notes in a note file gives one problem', async () => {
    const notes = Array.from({ length: 20_000 }, (_, index) => largeNote(index)).join('');
    appendFileSync(pathOf('epochs.notes'), notes);
    expect(problemsOf(await verifiedStream(log))).toEqual(['epoch-invalid 60']);
  });

  it('with a line longer than any record ends there', async () => {
    appendFileSync(pathOf('seg-0000000000000080.jsonl'), `${'x'.repeat(8 * 1024 * 1024)}\n`);
    expect(problemsOf(await verifiedStream(log))).toEqual(['record-malformed 100']);
  });

  it('with no more bytes without an end than a crash leaves has an unsigned tail', async () => {
    const path = pathOf('seg-0000000000000080.jsonl');
    const asOf = new Date(log.end.getTime() + 11_000);
    for (const [bytes, problems] of [
      [65_536, ['unsigned-tail 100']],
      [8 * 1024 * 1024, ['unsigned-tail 100']],
      [8 * 1024 * 1024 + 1, ['record-malformed 100']],
    ] as const) {
      log.write();
      appendFileSync(path, Buffer.alloc(bytes));
      expect(problemsOf(await verifiedStream(log, { asOf }))).toEqual(problems);
    }
  });

  it('with such bytes in the place of signed records misses these', async () => {
    const [stream] = log.streams;
    stream?.truncate(90);
    log.write();
    appendFileSync(pathOf('seg-0000000000000080.jsonl'), Buffer.alloc(100_000));
    expect(problemsOf(await verifiedStream(log))).toEqual(['records-missing 90']);
  });

  it('with a record of one byte too many ends there', async () => {
    const [stream] = log.streams;
    const place = stream?.placeText(100) ?? '';
    const begin = `${place}"time":"2026-11-27T02:00:10.000Z","event":"`;
    const line = (bytes: number) => `${begin}${'x'.repeat(bytes - begin.length - 2)}"}`;
    for (const [bytes, problems] of [
      [65_535, []],
      [65_536, ['record-malformed 100']],
    ] as const) {
      log.write();
      appendFileSync(pathOf('seg-0000000000000080.jsonl'), `${line(bytes)}\n`);
      expect(problemsOf(await verifiedStream(log))).toEqual(problems);
    }
  });

  it('with a carriage return in a record ends there, though it is chained', async () => {
    const [stream] = log.streams;
    const place = stream?.placeText(100) ?? '';
    const line = `${place}"time":"2026-11-27T02:00:10.000Z","event":"a\r"}`;
    appendFileSync(pathOf('seg-0000000000000080.jsonl'), `${line}\n`);
    expect(problemsOf(await verifiedStream(log))).toEqual(['record-malformed 100']);
  });

  it('with a line that is not spelt as a record ends there, though it is chained', async () => {
    const [stream] = log.streams;
    const place = stream?.placeText(100) ?? '';
    const time = '"time":"2026-11-27T02:00:10.000Z"';
    for (const [line, problems] of [
      [`${place}${time},"event":"a"}`, []],
      [`${place}"time":"+012026-11-27T02:00:10.000Z","event":"a"}`, []],
      [`${place}${time},"event":"a"`, ['record-malformed 100']],
      [`${place}${time},"level":"info","event":"a"}`, ['record-malformed 100']],
      [`${place}"time":"2026-11-27T02:00:10.00Z","event":"a"}`, ['record-malformed 100']],
      [`${place}"time":"2026-11-27T02:00:10.0000000Z","event":"a"}`, ['record-malformed 100']],
      [`${place}"time":"on a day in November...","event":"a"}`, ['record-malformed 100']],
      [`${place}${time},"event":"\xe9"}`, ['record-malformed 100']],
    ] as const) {
      log.write();
      appendFileSync(pathOf('seg-0000000000000080.jsonl'), `${line}\n`, 'latin1');
      expect([line, problemsOf(await verifiedStream(log))]).toEqual([line, problems]);
    }
  });

  it('with segments that cannot follow is tampering', async () => {
    for (const name of ['9999999999999999', '0000000000000100', '0000000000000030']) {
      const path = pathOf(`seg-${name}.jsonl`);
      writeFileSync(path, '');
      expect((await verified(log)).status).toBe(name === '0000000000000100' ? 'clean' : 'tampered');
      rmSync(path);
    }
  });

  it('with other things beside the log is no worse for it', async () => {
    for (const name of ['seg-1.jsonl', 'seg-0000000000000000.jsonl.bak', '.hidden', 'lock.sock']) {
      writeFileSync(pathOf(name), randomBytes(100));
    }
    mkdirSync(join(log.directory, 'not-a-stream'));
    writeFileSync(join(log.directory, '00-stream00'), '');
    expect((await verified(log)).status).toBe('clean');
  });

  it('with a link or a file in the place of a stream misses the stream', async () => {
    const here = join(log.directory, '0-stream00');
    const there = join(log.directory, 'there');
    renameSync(here, there);
    symlinkSync(there, here);
    expect(problemsOf(await verifiedStream(log))).toEqual(['stream-missing 0']);
    rmSync(here);
    writeFileSync(here, '');
    expect(problemsOf(await verifiedStream(log))).toEqual(['stream-missing 0']);
  });

  it('with an anchor that is a pipe or a link does not stop verification', async () => {
    const anchor = join(log.anchor, '0-stream00.notes');
    rmSync(anchor);
    execFileSync('mkfifo', [anchor]);
    expect(problemsOf(await verifiedStream(log))).toEqual(['file-irregular 0', 'anchor-missing']);
  });
});
