import { generateKeyPairSync, hash, sign } from 'node:crypto';
import { parseCheckpoint } from '../../lib/audit/log/note/checkpoint.js';
import { noteSigner, rawPublicKey, type NoteSigner } from '../../lib/audit/log/note/note-signer.js';
import { openNote, parseNote, signNote } from '../../lib/audit/log/note/signed-note.js';
import { parseTlogProof } from '../../lib/audit/log/note/tlog-proof.js';
import { parseVerifierKey, verifierKey } from '../../lib/audit/log/note/verifier-key.js';
import { readVectors } from '../support/vectors.js';

describe('The notes of C2SP and Tessera', () => {
  const cases = readVectors<{ name: string; vkey: string; note: string; valid: boolean }[]>('audit/c2sp/signed-note.json');

  it.each(cases)('$name', ({ vkey, note, valid }) => {
    const key = parseVerifierKey(vkey);
    expect(key).toBeDefined();
    const opened = openNote(note, key ? [key] : []);
    expect(opened?.verified).toEqual(valid ? [{ key }] : undefined);
    expect(opened?.text).toBe(valid ? note.slice(0, note.lastIndexOf('\n\n') + 1) : undefined);
  });
});

describe('A checkpoint of a public log with the cosignatures of its witnesses', () => {
  const known = readVectors<{ log: string; witness: string; note: string; size: number; time: number }>('audit/c2sp/cosigned-checkpoint.json');
  const keys = [known.log, known.witness].map(parseVerifierKey).filter((key) => key !== undefined);

  it('opens with the keys of the log and of a witness, and tells when the witness signed', () => {
    const opened = openNote(known.note, keys);
    expect(opened?.verified).toEqual([{ key: keys[0] }, { key: keys[1], time: known.time }]);
    expect(parseCheckpoint(opened?.text ?? '')?.size).toBe(known.size);
    expect(parseNote(known.note)?.signatures).toHaveLength(6);
  });

  it('does not open with another size', () => {
    for (const key of keys) expect(openNote(known.note.replace(`${known.size}`, '42'), [key])).toBeUndefined();
  });
});

describe('The rules of C2SP for notes', () => {
  const { rules } = readVectors<{ rules: string[] }>('audit/c2sp/note-parse-rules.json');
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = rawPublicKey(publicKey);
  const key = verifierKey('example.com/log', raw);
  const signer = noteSigner(key.name, privateKey);
  const line = signNote('text\n', [signer]).slice('text\n\n'.length);
  const stranger = noteSigner('example.com/stranger', generateKeyPairSync('ed25519').privateKey);
  const forged = (name: string, id: Buffer): NoteSigner => ({ name, id, sign: () => Buffer.alloc(64) });

  const tests: Record<string, () => void> = {
    'text must end in newline, then one empty line, then >=1 signature line': () => {
      expect(parseNote(`text\n\n${line}`)?.text).toBe('text\n');
      for (const bad of ['', '\n', '\n\n', 'text', 'text\n', 'text\n\n', 'text\n\n\n', `text\n${line}`, `text${line}`, line, `\n${line}`])
        expect(parseNote(bad)).toBeUndefined();
      for (const bad of [`text\n\n${line}\n`, `text\n\n${line}x\n`, `text\n\n${line.slice(0, -1)}`, `text\n\nx\n${line}`])
        expect(parseNote(bad)).toBeUndefined();
    },
    'split at the LAST empty line; empty lines inside the text are legal': () => {
      for (const text of ['a\n\nb\n', 'a\n\n\n', '\na\n', '\n', `a\n\n${line}`]) {
        expect(parseNote(`${text}\n${line}`)?.text).toBe(text);
        expect(openNote(signNote(text, [signer]), [key])?.text).toBe(text);
      }
    },
    'valid UTF-8 only; no ASCII control bytes < 0x20 except newline': () => {
      for (let byte = 0; byte < 0x20; byte++) {
        if (byte === 0x0a) continue;
        expect(parseNote(`te${String.fromCharCode(byte)}xt\n\n${line}`)).toBeUndefined();
        expect(parseNote(`text\n\n${line.replace(' ', ` ${String.fromCharCode(byte)}`)}`)).toBeUndefined();
      }
      for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]]) {
        expect(parseNote(Buffer.concat([Buffer.from(bytes), Buffer.from(`\n\n${line}`)]))).toBeUndefined();
      }
      expect(parseNote(`\ud800\n\n${line}`)).toBeUndefined();
      expect(parseNote(Buffer.from(`\ufeff\u007f\u{1f512}\n\n${line}`))?.text).toBe('\ufeff\u007f\u{1f512}\n');
    },
    'signature line = em dash U+2014, space, key name, space, standard base64 (padded) of 4-byte key id + signature': () => {
      const [, name = '', encoded = ''] = line.trimEnd().split(' ');
      const [signature] = parseNote(`text\n\n${line}`)?.signatures ?? [];
      expect(signature).toEqual({ name, id: key.id, signature: sign(null, Buffer.from('text\n'), privateKey) });
      for (const bad of [
        `- ${name} ${encoded}`, `\u2013 ${name} ${encoded}`, `\u2014${name} ${encoded}`, `\u2014  ${name} ${encoded}`,
        `\u2014 ${name}  ${encoded}`, `\u2014 ${name} ${encoded} `, `\u2014 ${name} ${encoded} x`, ` \u2014 ${name} ${encoded}`,
        `\u2014 ${name}`, `\u2014 ${name} `, `\u2014 ${encoded}`, `\u2014 ${name} AAAAAA==`, `\u2014 ${name} AAAA`,
        `\u2014 ${name} ${encoded.replace(/=+$/, '')}`, `\u2014 ${name} AAAAAA-_`, `\u2014 ${name} AAAAAAB=`, `\u2014 ${name} !!!!!!!!`,
      ]) expect(parseNote(`text\n\n${bad}\n`)).toBeUndefined();
      expect(parseNote(`text\n\n\u2014 ${name} AAAAAAA=\n`)?.signatures).toEqual([{ name, id: Buffer.alloc(4), signature: Buffer.alloc(1) }]);
    },
    'key name: non-empty, no Unicode space, no plus sign': () => {
      for (const name of ['', 'a+b', 'a\u00a0b', 'a\u0085b', 'a\u1680b', 'a\u2028b', 'a\u3000b'])
        expect(parseNote(`text\n\n\u2014 ${name} AAAAAAA=\n`)).toBeUndefined();
      for (const name of ['a', 'oid/1.2.3', 'ключ', 'a\u200bb', 'a:b/c?d'])
        expect(parseNote(`text\n\n\u2014 ${name} AAAAAAA=\n`)?.signatures[0]?.name).toBe(name);
    },
    'key id = first 4 bytes of SHA-256(name || 0x0A || type || pubkey); Ed25519 type byte 0x01; cosignature/v1 type 0x04': () => {
      for (const type of [1, 4] as const) {
        const named = Buffer.concat([Buffer.from('a name\n'.replace(' ', '-')), Buffer.from([type]), raw]);
        expect(verifierKey('a-name', raw, type).id.toString('hex')).toBe(hash('sha256', named).slice(0, 8));
      }
      for (const type of [0, 2, 3, 5, 6, 0xff]) {
        const material = Buffer.concat([Buffer.from([type]), raw]);
        const id = hash('sha256', Buffer.concat([Buffer.from('a\n'), material])).slice(0, 8);
        expect(parseVerifierKey(`a+${id}+${material.toString('base64')}`)).toBeUndefined();
      }
    },
    'unknown keys are ignored, even with a known name or a known id (not both)': () => {
      const sameName = forged(key.name, Buffer.from('00000000', 'hex'));
      const sameId = forged('example.com/stranger', key.id);
      const note = signNote('text\n', [sameName, sameId, stranger, signer]);
      expect(openNote(note, [key])?.verified).toEqual([{ key }]);
    },
    'known name+id with a failing signature rejects the whole note': () => {
      for (const signers of [[signer, forged(key.name, key.id)], [forged(key.name, key.id), signer]])
        expect(openNote(signNote('text\n', signers), [key])).toBeUndefined();
    },
    'no verifying signature from a known key rejects the note': () => {
      const note = signNote('text\n', [stranger]);
      expect(parseNote(note)).toBeDefined();
      expect(openNote(note, [key])).toBeUndefined();
    },
    'accept at least 16 signatures; cap the rest': () => {
      const strangers = (count: number): string => line.replace('log', 'x').repeat(count);
      expect(openNote(`text\n\n${strangers(15)}${line}`, [key])).toBeDefined();
      expect(openNote(`text\n\n${strangers(99)}${line}`, [key])).toBeDefined();
      expect(openNote(`text\n\n${strangers(100)}${line}`, [key])).toBeUndefined();
    },
    'checkpoint: origin (non-empty), tree size decimal without leading zeroes, base64 root of 32 bytes, optional non-empty extension lines': () => {
      const root = Buffer.alloc(32, 7);
      const text = (...lines: string[]): string => lines.map((each) => `${each}\n`).join('');
      const encoded = root.toString('base64');
      expect(parseCheckpoint(text('o', '0', encoded))).toEqual({ origin: 'o', size: 0, root, extensions: [] });
      expect(parseCheckpoint(text('an origin +', '9007199254740991', encoded, 'x', ' y '))).toEqual({
        ...{ origin: 'an origin +', size: 9007199254740991, root }, extensions: ['x', ' y '],
      });
      for (const size of ['', '00', '01', '-1', '+1', '1.0', '1e3', '0x1', ' 1', '1 ', '\u0661', '9007199254740992', '99999999999999999999'])
        expect(parseCheckpoint(text('o', size, encoded))).toBeUndefined();
      for (const bad of [text('', '1', encoded), text('o', '1'), text('o'), '', '\n', text('o', '1', encoded).slice(0, -1)])
        expect(parseCheckpoint(bad)).toBeUndefined();
      for (const bad of ['', 'AAAA', encoded.slice(0, -1), `${encoded}=`, ` ${encoded}`, `${encoded} `, Buffer.alloc(31).toString('base64'), Buffer.alloc(33).toString('base64')])
        expect(parseCheckpoint(text('o', '1', bad))).toBeUndefined();
      for (const bad of [text('o', '1', encoded, ''), text('o', '1', encoded, '', 'x'), text('o', '1', encoded, 'x', '')])
        expect(parseCheckpoint(bad)).toBeUndefined();
    },
    "cosignature/v1: signed bytes = 'cosignature/v1\\ntime <decimal>\\n' + note text; signature blob = 8-byte big-endian time + 64-byte Ed25519": () => {
      const witness = verifierKey('witness.example/w1', raw, 4);
      const message = 'cosignature/v1\ntime 1679315147\ntext\n';
      const time = Buffer.from('00000000641850cb', 'hex');
      const signature = Buffer.concat([time, sign(null, Buffer.from(message), privateKey)]);
      const note = signNote('text\n', [{ name: witness.name, id: witness.id, sign: () => signature }]);
      expect(openNote(note, [witness])?.verified).toEqual([{ key: witness, time: 1679315147 }]);
    },
  };

  it.each(rules)('%s', (rule) => {
    const test = tests[rule];
    expect(test).toBeDefined();
    test?.();
  });

  it('are all tested', () => {
    expect(Object.keys(tests).toSorted()).toEqual(rules.toSorted());
  });
});

describe('The tlog-proofs of transparency-dev/formats', () => {
  const { cases } = readVectors<{ cases: { name: string; text: string; valid: boolean }[] }>('audit/c2sp/tlog-proof-cases.json');

  it.each(cases)('$name', ({ text, valid }) => {
    expect(parseTlogProof(text)).toEqual(valid ? { index: 0, hashes: [], checkpoint: 'checkpoint\n' } : undefined);
  });

  it('may carry hashes and data', () => {
    const sha256 = hash('sha256', 'hash1', 'base64');
    const read = parseTlogProof(`c2sp.org/tlog-proof@v1\nextra ZXh0cmE=\nindex 42\n${sha256}\n\ncheckpoint\n`);
    expect(read).toEqual({ index: 42, hashes: [Buffer.from(sha256, 'base64')], checkpoint: 'checkpoint\n', extra: Buffer.from('extra') });
  });
});
