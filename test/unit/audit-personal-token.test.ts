import fc from 'fast-check';
import { createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import {
  MAX_PERSONAL_BYTES,
  openPersonal,
  parsePersonal,
  personalTokenLength,
  sealPersonal,
} from '../../lib/audit/record/personal/personal-token.js';

const key = createSecretKey(Buffer.alloc(32, 7));
const name = 'abcdefghijklmnopqrstuv';

function opened(token: string, by = key): string | undefined {
  const parts = parsePersonal(token);
  return parts && openPersonal(parts, by);
}

describe('a token of personal data', () => {
  it('gives back the text, and has the length that was foretold', () => {
    const texts = fc
      .string({ unit: 'grapheme', maxLength: 1000 })
      .map((text) => text.toWellFormed());
    fc.assert(
      fc.property(texts, (text) => {
        const token = sealPersonal(text, { name, key });
        expect(opened(token)).toBe(text);
        expect(token).toHaveLength(personalTokenLength(Buffer.byteLength(text)));
      }),
    );
  });

  it('does not open when any character of it is another', () => {
    const token = sealPersonal('"a value"', { name, key });
    for (let at = 0; at < token.length; at += 1) {
      const other = token.charAt(at) === 'A' ? 'B' : 'A';
      expect(opened(token.slice(0, at) + other + token.slice(at + 1))).toBeUndefined();
    }
  });

  it('does not open under another name, another key, or shortened', () => {
    const token = sealPersonal('"a value"', { name, key });
    expect(opened(token.replace(name, name.toUpperCase()))).toBeUndefined();
    expect(opened(token, createSecretKey(randomBytes(32)))).toBeUndefined();
    for (let end = 0; end < token.length; end += 1)
      expect(opened(token.slice(0, end))).toBeUndefined();
  });

  it('is never the same twice', () => {
    const tokens = Array.from({ length: 100 }, () => sealPersonal('x', { name, key }));
    expect(new Set(tokens).size).toBe(100);
  });

  it('opens by the description of its form alone', () => {
    const [version = '', of = '', box = ''] = sealPersonal('"a value"', { name, key }).split('.');
    const bytes = Buffer.from(box, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', Buffer.alloc(32, 7), bytes.subarray(0, 12));
    decipher.setAAD(Buffer.from(`${version}.${of}`)).setAuthTag(bytes.subarray(-16));
    const text =
      decipher.update(bytes.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8');
    expect([version, text]).toEqual(['s1', '"a value"']);
  });

  it('is looked at no further when it is too long or spelt otherwise', () => {
    const longest = sealPersonal('x'.repeat(MAX_PERSONAL_BYTES), { name, key });
    expect(parsePersonal(longest)).toBeDefined();
    for (const token of [`${longest}A`, ` ${longest}`, longest.replace('s1', 's2'), `${longest}=`])
      expect(parsePersonal(token)).toBeUndefined();
    fc.assert(fc.property(fc.anything(), (any) => parsePersonal(any) === undefined));
  });
});
