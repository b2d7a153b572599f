import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { cosignatureBytes, cosignedBytes } from '../../lib/audit/log/note/cosignature.js';
import {
  noteSigner,
  publicKeyOf,
  rawPublicKey,
  type NoteSigner,
} from '../../lib/audit/log/note/note-signer.js';
import {
  addSignatures,
  openNote,
  parseNote,
  signNote,
} from '../../lib/audit/log/note/signed-note.js';
import {
  parseVerifierKey,
  verifierKey,
  verifierKeyText,
  type VerifierKey,
} from '../../lib/audit/log/note/verifier-key.js';

interface Party {
  key: VerifierKey;
  signer: NoteSigner;
  privateKey: KeyObject;
}

function party(name: string): Party {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = verifierKey(name, rawPublicKey(publicKey));
  return { key, signer: noteSigner(name, privateKey), privateKey };
}

/** A witness that signs at a time of our choice. */
function witness(name: string): { key: VerifierKey; at: (time: number) => NoteSigner } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = verifierKey(name, rawPublicKey(publicKey), 4);
  const at = (time: number): NoteSigner => ({
    name,
    id: key.id,
    sign: (text) =>
      cosignatureBytes({
        time,
        signature: sign(null, cosignedBytes(text.toString(), time), privateKey),
      }),
  });
  return { key, at };
}

/** Signs with a name and an id that may be another's. */
function forger(name: string, id: Buffer): NoteSigner {
  return { name, id, sign: () => Buffer.alloc(64) };
}

const log = party('example.com/log');
const other = party('example.com/other');
const TEXT = 'a text\n';
const note = signNote(TEXT, [log.signer]);

describe('A key of notes', () => {
  it('is told apart by its name, its type and its public key', () => {
    const [one, two] = [log.key.publicKey, other.key.publicKey];
    const ids = [
      verifierKey('a', one),
      verifierKey('b', one),
      verifierKey('a', two),
      verifierKey('a', one, 4),
    ].map(({ id }) => id.toString('hex'));
    expect(new Set(ids).size).toBe(4);
    expect(ids.every((id) => id.length === 8)).toBe(true);
  });

  it('is the same after it was written and read (property)', () => {
    const names = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        names.filter((name) => !/[\s\u0085+]/u.test(name)),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.constantFrom(1, 4),
        (name, publicKey, type) => {
          const key = verifierKey(name, Buffer.from(publicKey), type);
          expect(parseVerifierKey(verifierKeyText(key))).toEqual(key);
        },
      ),
    );
  });

  it.each([
    ['an empty name', '+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'],
    ['a name with a space', 'example. com+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'],
    ['another name', 'example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'],
    ['another id', 'example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'],
    ['an upper-case id', 'example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'],
    ['another type', 'example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'],
    ['another key', 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2l'],
    ['a short key', 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0='],
    ['a line end', 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n'],
    ['a fourth part', 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k+'],
    ['no key', 'example.com/foo+530d903a'],
    ['nothing', ''],
    ['more than 1,024 characters', verifierKeyText(verifierKey('x'.repeat(971), Buffer.alloc(32)))],
    ['a name without end', 'x'.repeat(100_000)],
  ])('is not read from a text with %s', (_, text) => {
    expect(parseVerifierKey(text)).toBeUndefined();
  });

  it.each(['', 'a b', 'a+b', 'a\u2003b', 'a\u0085b', 'a\nb', '\ud800'])(
    'is not made with the name %j',
    (name) => {
      expect(() => verifierKey(name, log.key.publicKey)).toThrow(TypeError);
      expect(() => noteSigner(name, log.privateKey)).toThrow(TypeError);
    },
  );

  it('is an Ed25519 key of 32 bytes, and a private one to sign', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const publicKey = publicKeyOf(log.key.publicKey);
    expect(rawPublicKey(publicKey)).toEqual(log.key.publicKey);
    expect(rawPublicKey(log.privateKey)).toEqual(log.key.publicKey);
    expect(() => rawPublicKey(rsa.publicKey)).toThrow(TypeError);
    expect(() => noteSigner('a', rsa.privateKey)).toThrow(TypeError);
    expect(() => noteSigner('a', publicKey)).toThrow(TypeError);
    expect(() => publicKeyOf(Buffer.alloc(31))).toThrow(TypeError);
    expect(() => verifierKey('a', Buffer.alloc(33))).toThrow(TypeError);
  });
});

describe('A signed note', () => {
  it('opens with the key that signed it, and with no other', () => {
    expect(openNote(note, [log.key])).toEqual({ text: TEXT, verified: [{ key: log.key }] });
    expect(openNote(Buffer.from(note), [other.key, log.key])?.verified).toEqual([{ key: log.key }]);
    expect(openNote(note, [other.key])).toBeUndefined();
    expect(openNote(note, [])).toBeUndefined();
  });

  it('tells which of several keys signed it, in the order of the note', () => {
    const both = signNote(TEXT, [other.signer, log.signer]);
    const verified = openNote(both, [log.key, other.key])?.verified;
    expect(verified?.map(({ key }) => key.name)).toEqual([other.key.name, log.key.name]);
  });

  it('is the same text after it was signed and opened (property)', () => {
    const lines = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 5 });
    const texts = lines
      .map((list) => `${list.join('\n')}\n`)
      .filter((text) => !/[\u0000-\u0009\u000b-\u001f]/.test(text));
    fc.assert(
      fc.property(texts, (text) => {
        expect(openNote(signNote(text, [log.signer]), [log.key])?.text).toBe(text);
      }),
    );
  });

  it('never opens with another text after a byte was changed (property)', () => {
    const bytes = Buffer.from(signNote(TEXT, [log.signer, other.signer]));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ change;
        const opened = openNote(changed, [log.key, other.key]);
        // A changed name or id makes a signature unknown; the other one still covers the text.
        expect([undefined, TEXT]).toContain(opened?.text);
        expect([undefined, 1]).toContain(opened?.verified.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('never throws for any bytes or text (property)', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string({ unit: 'binary' }), (bytes, text) => {
        expect(openNote(Buffer.from(bytes), [log.key])).toBeUndefined();
        expect(openNote(text, [log.key])).toBeUndefined();
        expect(openNote(`${TEXT}\n\u2014 ${text}\n`, [log.key])).toBeUndefined();
      }),
    );
  });

  it('does not open when a known key is under it that did not sign it, though others did', () => {
    const forged = signNote(TEXT, [log.signer, forger(other.key.name, other.key.id)]);
    expect(openNote(forged, [log.key])?.text).toBe(TEXT);
    expect(openNote(forged, [log.key, other.key])).toBeUndefined();
  });

  it('does not open when a second signature of the same key fails', () => {
    const forged = signNote(TEXT, [log.signer, forger(log.key.name, log.key.id)]);
    expect(openNote(forged, [log.key])).toBeUndefined();
  });

  it('counts a key once, however often it signed and is known', () => {
    const twice = signNote(TEXT, [log.signer, log.signer]);
    expect(openNote(twice, [log.key, { ...log.key }])?.verified).toEqual([{ key: log.key }]);
  });

  it('does not open when two known keys share name and id, for it cannot tell them apart', () => {
    const twin = { ...other.key, name: log.key.name, id: log.key.id };
    expect(openNote(note, [log.key, twin])).toBeUndefined();
  });

  it('does not open with a signature of another length', () => {
    for (const length of [1, 63, 65, 72]) {
      const short = { ...log.signer, sign: () => Buffer.alloc(length) };
      expect(openNote(signNote(TEXT, [short]), [log.key])).toBeUndefined();
    }
  });

  it('has at most 100 signatures and 64 KiB', () => {
    const signers = (count: number): NoteSigner[] => Array<NoteSigner>(count).fill(log.signer);
    expect(parseNote(signNote(TEXT, signers(100)))?.signatures).toHaveLength(100);
    expect(() => signNote(TEXT, signers(101))).toThrow(TypeError);
    const most = 64 * 1024 - (note.length + 2 - TEXT.length);
    expect(openNote(signNote(`${'x'.repeat(most - 1)}\n`, [log.signer]), [log.key])).toBeDefined();
    expect(() => signNote(`${'x'.repeat(most)}\n`, [log.signer])).toThrow(TypeError);
    expect(parseNote('x\n'.repeat(10_000_000))).toBeUndefined();
    expect(parseNote(Buffer.alloc(10_000_000, 'x\n'))).toBeUndefined();
  });

  it.each([
    ['no text', ''],
    ['a text without a line end', 'a text'],
    ['a control character', 'a\u0000b\n'],
    ['a carriage return', 'a text\r\n'],
    ['a lone surrogate', '\ud800\n'],
    ['an end that looks like a signature', 'a\n\n\u2014 x AAAAAAA='],
  ])('is not made of %s', (_, text) => {
    expect(() => signNote(text, [log.signer])).toThrow(TypeError);
  });

  it('is not made without a signer, or by one whose name no reader takes', () => {
    expect(() => signNote(TEXT, [])).toThrow(TypeError);
    expect(() => signNote(TEXT, [{ ...log.signer, name: 'a b' }])).toThrow(TypeError);
  });

  it('may have a text that holds another signed note', () => {
    const outer = signNote(note, [other.signer]);
    expect(openNote(outer, [other.key])?.text).toBe(note);
    expect(openNote(outer, [log.key])).toBeUndefined();
  });
});

describe('Signatures that are added to a note', () => {
  const lineOf = (signed: string): string => signed.slice(TEXT.length + 1);
  const otherLine = lineOf(signNote(TEXT, [other.signer]));

  it('stand behind those that it has', () => {
    const added = addSignatures(note, otherLine);
    expect(added).toBe(signNote(TEXT, [log.signer, other.signer]));
    expect(openNote(added, [log.key, other.key])?.verified).toHaveLength(2);
  });

  it('are left out when the note has them', () => {
    expect(addSignatures(note, lineOf(note))).toBe(note);
    expect(addSignatures(note, lineOf(note) + otherLine)).toBe(addSignatures(note, otherLine));
    expect(addSignatures(note, '')).toBe(note);
  });

  it.each([
    ['no signature', 'x\n'],
    ['an empty line', '\n'],
    ['an empty line before a signature', `\n${otherLine}`],
    ['a line without its end', otherLine.slice(0, -1)],
    [
      'too many',
      otherLine.replace('other', 'o') +
        Array.from({ length: 100 }, (_, n) => otherLine.replace('other', `${n}`)).join(''),
    ],
  ])('are refused when they are %s', (_, lines) => {
    expect(() => addSignatures(note, lines)).toThrow(TypeError);
  });

  it('are refused for a text that is no note', () => {
    expect(() => addSignatures(TEXT, otherLine)).toThrow(TypeError);
    expect(() => addSignatures(`${TEXT}\n`, otherLine)).toThrow(TypeError);
  });
});

describe('A cosignature', () => {
  const { key, at } = witness('witness.example/w1');
  const [early, late] = [1_679_315_147, 1_779_315_147];
  const cosigned = signNote(TEXT, [log.signer, at(early)]);

  it('tells when the witness signed', () => {
    expect(openNote(cosigned, [key, log.key])?.verified).toEqual([
      { key: log.key },
      { key, time: early },
    ]);
  });

  it('counts once, with its newest time', () => {
    for (const signers of [
      [at(early), at(late)],
      [at(late), at(early)],
    ]) {
      const verified = openNote(signNote(TEXT, signers), [key])?.verified;
      expect(verified).toEqual([{ key, time: late }]);
    }
  });

  it('is over the header, the time and the text', () => {
    expect(cosignedBytes('example.com/log\n1\nroot\n', early).toString()).toBe(
      'cosignature/v1\ntime 1679315147\nexample.com/log\n1\nroot\n',
    );
  });

  it('does not hold with another time, another text, or as a plain signature of the same key', () => {
    const signature = at(early).sign(Buffer.from(TEXT));
    const later = Buffer.from(signature);
    later.writeUInt8((later[7] ?? 0) ^ 1, 7);
    const as = (name: string, id: Buffer, bytes: Buffer): NoteSigner => ({
      name,
      id,
      sign: () => bytes,
    });
    expect(openNote(signNote(TEXT, [as(key.name, key.id, signature)]), [key])).toBeDefined();
    expect(openNote(signNote(TEXT, [as(key.name, key.id, later)]), [key])).toBeUndefined();
    expect(openNote(signNote('b\n', [as(key.name, key.id, signature)]), [key])).toBeUndefined();
    const plain = verifierKey(key.name, key.publicKey);
    expect(openNote(signNote(TEXT, [as(key.name, plain.id, signature)]), [plain])).toBeUndefined();
    expect(
      openNote(signNote(TEXT, [as(key.name, plain.id, signature.subarray(8))]), [plain]),
    ).toBeUndefined();
  });

  it('with a time beyond the safe integers makes the note invalid, though it was signed', () => {
    expect(openNote(signNote(TEXT, [at(2 ** 53 - 1)]), [key])).toBeDefined();
    expect(openNote(signNote(TEXT, [at(2 ** 60)]), [key])).toBeUndefined();
  });

  it.each([
    ['a time that no number holds', Buffer.alloc(72, 0xff)],
    ['no signature', Buffer.alloc(8)],
    ['half a time', Buffer.alloc(4)],
    ['a byte too many', Buffer.alloc(73)],
  ])('with %s makes the note invalid', (_, bytes) => {
    const bad = { name: key.name, id: key.id, sign: () => bytes };
    expect(openNote(signNote(TEXT, [log.signer, bad]), [log.key, key])).toBeUndefined();
  });
});
