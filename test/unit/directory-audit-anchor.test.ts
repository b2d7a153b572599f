import { jest } from '@jest/globals';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryAuditAnchor } from '../../lib/audit/anchor/directory.audit-anchor.js';
import { codedError } from '../support/scripted-sink.js';
import { WrittenStream, type NoteChanges } from '../support/written-stream.js';

let folder: string;
let stream: WrittenStream;
let anchor: DirectoryAuditAnchor;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'anchor-')), 'a', 'b');
  stream = new WrittenStream();
  stream.append(9);
  anchor = new DirectoryAuditAnchor(folder);
});

async function publish(changes: NoteChanges = {}): Promise<string> {
  const note = stream.note(changes);
  const size = changes.size ?? stream.size;
  await anchor.publish({ stream: stream.name, size, note, proofFrom: async () => [] });
  return note;
}

const file = () => join(folder, `${stream.name}.notes`);
const fork = { code: 'AUDIT_FORK' };
const damage = { code: 'AUDIT_LOG_DAMAGED' };

describe('DirectoryAuditAnchor', () => {
  it('appends each note with an empty line behind it, to one file for a stream', async () => {
    const notes = [await publish({ size: 2 }), await publish({ size: 5 })];
    expect(readFileSync(file(), 'utf8')).toBe(notes.map((note) => `${note}\n`).join(''));
    expect(readdirSync(folder)).toEqual([`${stream.name}.notes`]);
  });

  it('makes its folder for its owner only, and its files, too', async () => {
    await publish();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('neither writes through a link nor reads through one', async () => {
    const own = join(folder, '..', 'own');
    await publish({ size: 4 });
    renameSync(file(), own);
    symlinkSync(own, file());
    const before = readFileSync(own);
    await expect(publish()).rejects.toMatchObject(damage);
    await expect(anchor.latest(stream.name)).rejects.toMatchObject(damage);
    expect(readFileSync(own)).toEqual(before);
  });

  it('moves a torn note through no link that has the name of its file', async () => {
    await publish({ size: 4 });
    const own = join(folder, '..', 'own');
    writeFileSync(own, 'own');
    const [torn, { size }] = ['whatever somebody wants to have written', statSync(file())];
    const digest = createHash('sha256').update(torn).digest('hex').slice(0, 16);
    const aside = `${file()}.torn-${size}-${digest}.bin`;
    appendFileSync(file(), torn);
    symlinkSync(own, aside);
    await publish();
    expect([readFileSync(own, 'utf8'), readFileSync(aside, 'utf8')]).toEqual(['own', torn]);
  });

  it('gives nothing for a stream of which it has no file', async () => {
    expect(await anchor.latest(stream.name)).toBeUndefined();
  });

  it('goes on with a file that another process began', async () => {
    await publish({ size: 4 });
    anchor = new DirectoryAuditAnchor(folder);
    const newest = await publish({ size: 5 });
    expect(await anchor.latest(stream.name)).toBe(newest);
    await expect(publish({ size: 4 })).rejects.toMatchObject(fork);
  });

  it.each<[string, NoteChanges]>([
    ['fewer records', { size: 6, epoch: 3 }],
    ['an earlier epoch', { size: 8, epoch: 1 }],
    ['another root for as many records', { size: 7, epoch: 2, root: Buffer.alloc(32, 7) }],
  ])('refuses a note with %s, and keeps its file as it was', async (_, changes) => {
    await publish({ size: 7, epoch: 2 });
    const before = readFileSync(file());
    await expect(publish(changes)).rejects.toMatchObject(fork);
    expect(readFileSync(file())).toEqual(before);
  });

  it('takes as many records again at a later time, as a log that rests signs them', async () => {
    await publish({ size: 7, time: '2026-11-27T02:30:00.000Z' });
    const later = await publish({ size: 7, time: '2026-11-27T02:31:00.000Z' });
    expect(await anchor.latest(stream.name)).toBe(later);
  });

  it('rejects a name that is none, whatever path it would lead to', async () => {
    for (const name of ['', '../../etc/passwd', '0-teststrm/..', 'teststrm']) {
      await expect(anchor.latest(name)).rejects.toThrow(TypeError);
      const checkpoint = { stream: name, size: 9, note: stream.note(), proofFrom: async () => [] };
      await expect(anchor.publish(checkpoint)).rejects.toThrow(TypeError);
    }
  });

  it('rejects a note that is no checkpoint of the stream, and writes nothing', async () => {
    const other = new WrittenStream('1-teststrm');
    for (const note of ['', 'x\n\n— y z\n', other.note()]) {
      const checkpoint = { stream: stream.name, size: 0, note, proofFrom: async () => [] };
      await expect(anchor.publish(checkpoint)).rejects.toThrow(TypeError);
    }
    expect(await anchor.latest(stream.name)).toBeUndefined();
  });
});

describe('A note that a crash has torn', () => {
  it('is set aside wherever it was torn, and the notes before it stay', async () => {
    const notes = [await publish({ size: 2 }), await publish({ size: 3 })];
    const whole = readFileSync(file());
    const next = `${stream.note({ size: 4 })}\n`;
    for (let cut = 1; cut < Buffer.byteLength(next); cut += 13) {
      writeFileSync(file(), whole);
      appendFileSync(file(), Buffer.from(next).subarray(0, cut));
      expect(await anchor.latest(stream.name)).toBe(notes[1]);
      const added = await publish({ size: 5 });
      expect(readFileSync(file(), 'utf8')).toBe(`${whole.toString()}${added}\n`);
      expect(
        readdirSync(folder).some((name) => name.startsWith(`${stream.name}.notes.torn-`)),
      ).toBe(true);
    }
  });

  it('is set aside when it was the first', async () => {
    await publish({ size: 2 });
    truncateSync(file(), 40);
    expect(await anchor.latest(stream.name)).toBeUndefined();
    const note = await publish({ size: 3 });
    expect(readFileSync(file(), 'utf8')).toBe(`${note}\n`);
  });
});

describe('A file that holds something else than notes', () => {
  it.each([
    ['text behind the notes', (text: string) => `${text}something\n\nelse\n\n`],
    ['text before them', (text: string) => `something\n\nelse\n\n${text}`],
    ['a note without its end before another', (text: string) => `${text.slice(0, -30)}${text}`],
    ['more than a torn note can be', (text: string) => `${text}${'x'.repeat(70_000)}`],
  ])('is left as it is: %s', async (_, change) => {
    await publish({ size: 2 });
    await publish({ size: 3 });
    writeFileSync(file(), change(readFileSync(file(), 'utf8')));
    const before = readFileSync(file());
    await expect(publish({ size: 4 })).rejects.toMatchObject(damage);
    await expect(anchor.latest(stream.name)).rejects.toMatchObject(damage);
    expect(readFileSync(file())).toEqual(before);
  });

  it('is left as it is when it is the file of another stream', async () => {
    await publish();
    writeFileSync(file(), `${new WrittenStream('1-teststrm').note()}\n`);
    await expect(publish()).rejects.toMatchObject(damage);
  });
});

describe('A file that has become long', () => {
  const entry = (note: string, bytes: number) =>
    `${note}— other.example ${Buffer.alloc(5 + bytes, 1).toString('base64')}\n\n`;

  it.each([
    ['short notes', 600],
    ['long notes', 40_000],
  ])(
    'is read at its end only, wherever a note begins there: %s',
    async (_, longest) => {
      await fc.assert(
        fc.asyncProperty(fc.nat(longest), fc.nat(500), async (length, torn) => {
          const kept = stream.note({ size: 5 });
          const older = entry(stream.note({ size: 3 }), length);
          const text = `${older.repeat(Math.ceil(300_000 / older.length))}${kept}\n`;
          await publish({ size: 2 });
          writeFileSync(file(), text + kept.slice(0, torn));
          expect(await anchor.latest(stream.name)).toBe(kept);
          await expect(publish({ size: 4 })).rejects.toMatchObject(fork);
          const newest = await publish({ size: 6 });
          expect(await anchor.latest(stream.name)).toBe(newest);
          expect(readFileSync(file(), 'utf8')).toBe(`${text}${newest}\n`);
          rmSync(file());
        }),
        { numRuns: 40 },
      );
    },
    60_000,
  );
});

describe('A checkpoint', () => {
  it('is not published before the disk has it', async () => {
    await publish({ size: 1 });
    const handle = await open(file());
    const prototype = Object.getPrototypeOf(handle) as FileHandle;
    await handle.close();
    const sync = jest.spyOn(prototype, 'datasync').mockRejectedValue(codedError('EIO'));
    await expect(publish({ size: 2 })).rejects.toMatchObject({ code: 'EIO' });
    sync.mockRestore();
  });
});
