import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { noteFileEntry, parseNoteFile } from '../../lib/audit/log/note/note-file.js';
import { noteSigner } from '../../lib/audit/log/note/note-signer.js';
import { signNote } from '../../lib/audit/log/note/signed-note.js';

const signer = noteSigner('example.com/log', generateKeyPairSync('ed25519').privateKey);
const noteOf = (text: string): string => signNote(text, [signer, signer]);
const notes = ['one\n', 'two\nlines\n', 'drei \u2014 \u{1f512}\n'].map(noteOf);
const entries = notes.map(noteFileEntry);
const file = entries.join('');
const parse = (text: string | Buffer): ReturnType<typeof parseNoteFile> =>
  parseNoteFile(Buffer.from(text));

describe('A note file', () => {
  it('gives its notes in order', () => {
    expect(parse(file)).toEqual({ notes, end: Buffer.byteLength(file), isDamaged: false });
  });

  it('may be empty', () => {
    expect(parse('')).toEqual({ notes: [], end: 0, isDamaged: false });
  });

  it('has an empty line behind each note', () => {
    expect(entries[0]).toBe(`${notes[0]}\n`);
    expect(entries[0]).toMatch(/^one\n\n\u2014 .+\n\u2014 .+\n\n$/);
  });

  it('that was cut anywhere gives the notes before, and is not damaged', () => {
    const bytes = Buffer.from(file);
    const ends = [0, ...entries.keys()].map((_, at) =>
      Buffer.byteLength(entries.slice(0, at).join('')),
    );
    for (let length = 0; length <= bytes.length; length++) {
      const whole = ends.findLastIndex((end) => end <= length);
      expect(parse(bytes.subarray(0, length))).toEqual({
        notes: notes.slice(0, whole),
        end: ends[whole],
        isDamaged: false,
      });
    }
  });

  it('that a crash left unfinished can be cut there and appended to', () => {
    const torn = Buffer.from(file + (entries[0] ?? '').slice(0, 40));
    const { end } = parse(torn);
    const mended = Buffer.concat([torn.subarray(0, end), Buffer.from(entries[1] ?? '')]);
    expect(parse(mended)).toMatchObject({ notes: [...notes, notes[1]], isDamaged: false });
  });

  it.each([
    ['a note without its signatures', `${entries[0]}two\n\n${entries[2]}`],
    ['a note without its text', `${entries[0]}\u2014 example.com/log AAAAAAA=\n\n${entries[2]}`],
    ['an empty line too many', `${entries[0]}\n${entries[1]}`],
    ['two empty lines too many', `${entries[0]}\n\n${entries[1]}`],
    ['an empty line at the beginning', `\n${entries[1]}`],
    ['an empty line too few', `${notes[0]}${entries[1]}${entries[2]}`],
    ['a byte that is not UTF-8', Buffer.concat([Buffer.from([0xff]), Buffer.from(file)])],
    ['a control character', `\t${file}`],
    ['carriage returns', file.replaceAll('\n', '\r\n') + file],
    ['a signature that is not base64', `${entries[0]?.replace('=\n', '\n')}${entries[1]}`],
    ['a whole last note that is none', `${file}x\n\ny\n\n`],
    ['more than a note behind the last note', `${file}${'x'.repeat(70_000)}`],
    ['a note that is too large', `${'x'.repeat(70_000)}\n\n${entries[0]?.slice(5)}${file}`],
  ])('is damaged with %s', (_, bytes) => {
    expect(parse(bytes).isDamaged).toBe(true);
  });

  it('still gives the notes behind a damaged one', () => {
    const { notes: left, end, isDamaged } = parse(`${entries[0]}x\n\ny\n\n${entries[2]}z`);
    expect(left).toEqual([notes[0], notes[2]]);
    expect(isDamaged).toBe(true);
    expect(end).toBe(Buffer.byteLength(`${entries[0]}x\n\ny\n\n${entries[2]}`));
  });

  it('ends behind the last whole note, before a damaged one', () => {
    expect(parse(`${entries[0]}x\n\ny\n\n`)).toEqual({
      notes: [notes[0]],
      end: Buffer.byteLength(entries[0] ?? ''),
      isDamaged: true,
    });
  });

  it('never throws, and what it gives is what it holds (property)', () => {
    const pieces = fc.constantFrom('\n', '\n\n', 'x', '\u2014 a AAAAAAA=', '\u2014', ...entries);
    const files = fc.oneof(
      fc.array(pieces, { maxLength: 12 }).map((list) => Buffer.from(list.join(''))),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(files, (bytes) => {
        const read = parse(bytes);
        const written = read.notes.map(noteFileEntry).join('');
        expect(read.isDamaged || written === bytes.subarray(0, read.end).toString()).toBe(true);
        expect(read.end).toBeGreaterThanOrEqual(Buffer.byteLength(written));
      }),
      { numRuns: 1000 },
    );
  });

  it('of nothing but line ends is read in linear time', () => {
    expect(parse('\n'.repeat(2_000_000)).isDamaged).toBe(true);
  });

  it.each([
    ['no note', 'x\n'],
    ['a note whose text has an empty line', noteOf('a\n\nb\n')],
    ['a note whose text begins with an empty line', noteOf('\na\n')],
    ['a note whose text ends with an empty line', noteOf('a\n\n')],
    ['two notes', `${entries[0]}${notes[1]}`],
  ])('does not take %s', (_, note) => {
    expect(() => noteFileEntry(note)).toThrow(TypeError);
  });
});
