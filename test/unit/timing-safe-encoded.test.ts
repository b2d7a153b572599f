import fc from 'fast-check';
import {
  Secret,
  timingSafeEqualBase64,
  timingSafeEqualBase64Url,
  timingSafeEqualHex,
} from 'nestjs-security';

const BYTES = Buffer.from('00ff10fbef', 'hex');
const COMPARISONS = [
  { name: 'timingSafeEqualHex', equal: timingSafeEqualHex, encoding: 'hex' },
  { name: 'timingSafeEqualBase64', equal: timingSafeEqualBase64, encoding: 'base64' },
  { name: 'timingSafeEqualBase64Url', equal: timingSafeEqualBase64Url, encoding: 'base64url' },
] as const;

describe.each(COMPARISONS)('$name', ({ equal, encoding }) => {
  const text = BYTES.toString(encoding);

  it('compares with bytes, with their text and with a Secret of either', () => {
    expect(equal(text, BYTES)).toBe(true);
    expect(equal(text, text)).toBe(true);
    expect(equal(text, Secret.of(text))).toBe(true);
    expect(equal(text, Secret.of(BYTES))).toBe(true);
    expect(equal(text, Buffer.concat([BYTES, BYTES]))).toBe(false);
  });

  it('says of any bytes what comparing them says', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 8 }).map((each) => Buffer.from(each));
    fc.assert(fc.property(bytes, (a) => equal(a.toString(encoding), a)));
    fc.assert(fc.property(bytes, bytes, (a, b) => equal(a.toString(encoding), b) === a.equals(b)));
  });

  it('accepts no two spellings of the same bytes but the case of hex digits', () => {
    const spelling = fc.string({ maxLength: 12 });
    const secret = fc.uint8Array({ minLength: 1, maxLength: 6 }).map((each) => Buffer.from(each));
    fc.assert(
      fc.property(spelling, secret, (candidate, bytes) => {
        const canonical = bytes.toString(encoding);
        return !equal(candidate, bytes) || candidate.toLowerCase() === canonical.toLowerCase();
      }),
    );
  });

  it.each([undefined, null, 5, {}, BYTES, [text], `${text} `, ` ${text}`, `${text}\n`, `${text}=`])(
    'takes %p for unequal',
    (candidate) => {
      expect(equal(candidate, BYTES)).toBe(false);
    },
  );

  it.each([undefined, null, '', new Uint8Array(0), 7, '!', `${text}!`])(
    'throws for the secret %p',
    (secret) => {
      expect(() => equal(text, secret as string)).toThrow(TypeError);
    },
  );
});

describe('Junk that a lenient decoder would accept', () => {
  // Node truncates UTF-16 units, so that U+0141 reads as 0x41, the letter A.
  it.each(['ŁŁ', 'AŁ', 'aA', 'a', 'aaa', 'aa0', '0xaa', 'zz', 'aazz'])(
    'is unequal as hex digits: %p',
    (candidate) => {
      expect(timingSafeEqualHex(candidate, Buffer.from([0xaa]))).toBe(false);
    },
  );

  it.each(['ŁAAA', 'AAA', 'AAB=', 'AA=A', 'AA==', '====', 'A A=', '-_8='])(
    'is unequal as base64: %p',
    (candidate) => {
      expect(timingSafeEqualBase64(candidate, Buffer.of(0, 0, 0))).toBe(false);
      expect(timingSafeEqualBase64(candidate, Buffer.of(0, 0))).toBe(false);
      expect(timingSafeEqualBase64(candidate, Buffer.of(0xfb, 0xff))).toBe(false);
    },
  );

  it.each(['ŁAAA', 'AAA=', 'AAB', 'A', '+/8'])('is unequal as base64url: %p', (candidate) => {
    expect(timingSafeEqualBase64Url(candidate, Buffer.of(0, 0, 0))).toBe(false);
    expect(timingSafeEqualBase64Url(candidate, Buffer.of(0, 0))).toBe(false);
    expect(timingSafeEqualBase64Url(candidate, Buffer.of(0xfb, 0xff))).toBe(false);
  });

  it('takes upper-case digits, but not mixed ones', () => {
    expect(timingSafeEqualHex('ABCD', Buffer.of(0xab, 0xcd))).toBe(true);
    expect(timingSafeEqualHex('abcd', Buffer.of(0xab, 0xcd))).toBe(true);
    expect(timingSafeEqualHex('abCD', Buffer.of(0xab, 0xcd))).toBe(false);
  });
});
