import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { NoteJournal } from '../../lib/audit/anchor/note-journal.js';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { leafHash } from '../../lib/audit/log/leaf-hash.js';
import { TileStore } from '../../lib/audit/log/merkle/tile-store.js';
import { OffsetFile } from '../../lib/audit/ship/offset-file.js';
import { readBatch } from '../../lib/audit/ship/read-batch.js';
import { auditBody, onlyStream } from '../support/crashed-log.js';

const SCRIPT = resolve('build/test/support/measured-start.js');
const SEGMENT = 'seg-0000000000000000.jsonl';
const describeUnix = process.platform === 'win32' ? describe.skip : describe;

/** A log that was written twice and closed, so that it has every file. */
async function closedLog(): Promise<string> {
  const directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
  for (let run = 0; run < 2; run += 1) {
    const log = new FileAuditLog(directory, { writer: 'inline' });
    await log.open();
    await log.append(auditBody(run));
    await log.close();
  }
  return directory;
}

function pipeAt(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { recursive: true, force: true });
  execFileSync('mkfifo', [path]);
}

function start(directory: string): { outcome: string; megabytes: number } {
  const said = execFileSync(process.execPath, [SCRIPT, directory], { timeout: 10_000 });
  return JSON.parse(said.toString()) as { outcome: string; megabytes: number };
}

describeUnix('A start', () => {
  it.each([
    ['genesis.json', 'AUDIT_LOG_DAMAGED'],
    ['checkpoint', 'AUDIT_LOG_DAMAGED'],
    ['epochs.notes', 'AUDIT_LOG_DAMAGED'],
    [SEGMENT, 'AUDIT_LOG_DAMAGED'],
    ['identity.vkey', 'started'],
    ['frontier.json', 'started'],
    ['frontier.json.new', 'started'],
    ['reserve.bin', 'started'],
  ])('does not wait for a pipe that has the name %s', async (file, expected) => {
    const directory = await closedLog();
    pipeAt(join(onlyStream(directory).folder, file));
    expect(start(directory).outcome).toBe(expected);
  });

  it('takes no memory for files that are larger than they can be', async () => {
    const directory = await closedLog();
    const { folder } = onlyStream(directory);
    const { megabytes } = start(directory);
    for (const file of ['identity.vkey', 'frontier.json', 'checkpoint', 'genesis.json']) {
      writeFileSync(join(folder, file), '');
      truncateSync(join(folder, file), 400 * 1024 * 1024);
      expect(start(directory).megabytes).toBeLessThan(megabytes + 100);
    }
  });

  it('writes through no link that has the name of one of its files', async () => {
    const directory = await closedLog();
    const { folder } = onlyStream(directory);
    const victim = join(directory, 'victim');
    for (const file of ['reserve.bin', 'frontier.json.new']) {
      writeFileSync(victim, 'kept');
      rmSync(join(folder, file), { force: true });
      symlinkSync(victim, join(folder, file));
      expect(start(directory).outcome).toBe('started');
      expect(readFileSync(victim, 'utf8')).toBe('kept');
    }
  });
});

describeUnix('A pipe', () => {
  const folder = (): string => mkdtempSync(join(tmpdir(), 'audit-'));

  it('in the place of a tile is a damaged tile', async () => {
    const at = folder();
    const tiles = new TileStore(at);
    await tiles.writeLeaves(0, [Buffer.alloc(32, 1)]);
    pipeAt(join(at, 'tile/0/000.p/1'));
    await expect(tiles.leaves(0, 1)).rejects.toMatchObject({ code: 'AUDIT_LOG_DAMAGED' });
    pipeAt(join(at, 'tile/0/000'));
    await expect(tiles.leaves(0, 1)).rejects.toMatchObject({ code: 'AUDIT_LOG_DAMAGED' });
  });

  it('in the place of an offset says nothing', async () => {
    const at = folder();
    pipeAt(join(at, 'sinks/a.json'));
    expect(await new OffsetFile(at, 'a').read()).toBeUndefined();
  });

  it('in the place of a note file is damage', async () => {
    const path = join(folder(), 'a.notes');
    pipeAt(path);
    const journal = new NoteJournal(path);
    await expect(journal.newest()).rejects.toMatchObject({ code: 'AUDIT_LOG_DAMAGED' });
    await expect(journal.append('x')).rejects.toMatchObject({ code: 'AUDIT_LOG_DAMAGED' });
  });

  it('in the place of a segment is shipped to no sink', async () => {
    const at = folder();
    pipeAt(join(at, SEGMENT));
    const place = { next: 0, prev: leafHash(Buffer.from('x')) };
    const reading = readBatch({ folder: at, stream: '0-aaaaaaaa' }, place, 1);
    await expect(reading).rejects.toMatchObject({ code: 'AUDIT_LOG_DAMAGED' });
  });
});
