import fc from 'fast-check';
import { Secret, timingSafeEqual, timingSafeEqualAny } from 'nestjs-security';

const NO_CANDIDATES = [
  Object.create(Uint8Array.prototype),
  undefined,
  null,
  ['s'],
  5,
  {},
  '\ud800',
];
const NO_SECRETS = ['[redacted]', undefined, null, '', new Uint8Array(0), 7, ['s'], '\ud800'];

describe('timingSafeEqual', () => {
  it('compares texts and bytes of any length', () => {
    expect(timingSafeEqual('tür', Buffer.from('tür'))).toBe(true);
    expect(timingSafeEqual('a', 'ab')).toBe(false);
    expect(timingSafeEqual('x'.repeat(100_000), 'x'.repeat(100_000))).toBe(true);
    expect(timingSafeEqual('s', Secret.of('s'))).toBe(true);
  });

  it('says what === says of any two well-formed texts', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 4 });
    const secret = text.filter((each) => each !== '');
    fc.assert(
      fc.property(text, secret, (a, b) => timingSafeEqual(a, b) === (a === b)),
      { numRuns: 1000 },
    );
    fc.assert(fc.property(secret, (a) => timingSafeEqual(a, Buffer.from(a))));
  });

  it.each(NO_CANDIDATES)('takes %p for unequal', (candidate) => {
    expect(timingSafeEqual(candidate, 's')).toBe(false);
  });

  it('does not take a lone surrogate for the replacement character', () => {
    expect(timingSafeEqual('\ud800', '\ufffd')).toBe(false);
  });

  it('compares a view by its own bytes, not by those of the buffer under it', () => {
    const bytes = Buffer.from('prefix-secret');
    expect(timingSafeEqual(bytes.subarray(7), 'secret')).toBe(true);
  });

  it.each(NO_SECRETS)('throws for the secret %p', (secret) => {
    expect(() => timingSafeEqual('', secret as string)).toThrow(TypeError);
  });
});

describe('timingSafeEqualAny', () => {
  it('finds a match wherever it stands', () => {
    expect(timingSafeEqualAny('a', ['a', 'b', 'c'])).toBe(true);
    expect(timingSafeEqualAny('c', ['a', 'b', Secret.of('c')])).toBe(true);
    expect(timingSafeEqualAny('d', ['a', 'b', 'c'])).toBe(false);
  });

  it('visits every secret, whatever the first gave', () => {
    const visited: string[] = [];
    const watched = (name: string) =>
      Object.assign(Secret.of(name), { reveal: () => (visited.push(name), name) });
    expect(timingSafeEqualAny('a', [watched('a'), watched('b'), watched('c')])).toBe(true);
    expect(visited).toEqual(['a', 'b', 'c']);
  });

  it.each(NO_CANDIDATES)('takes %p for unequal', (candidate) => {
    expect(timingSafeEqualAny(candidate, ['s', 't'])).toBe(false);
  });

  it.each([undefined, null, 'secret', []])('throws for the list %p', (secrets) => {
    expect(() => timingSafeEqualAny('s', secrets as string[])).toThrow(TypeError);
  });

  it.each(NO_SECRETS)('throws for a list that holds %p, even after a match', (secret) => {
    expect(() => timingSafeEqualAny('s', ['s', secret as string])).toThrow(TypeError);
  });
});
