import { Secret, timingSafeEqual } from 'nestjs-security';

describe('timingSafeEqual', () => {
  it('compares texts and bytes of any length', () => {
    expect(timingSafeEqual('tür', Buffer.from('tür'))).toBe(true);
    expect(timingSafeEqual('a', 'ab')).toBe(false);
    expect(timingSafeEqual('x'.repeat(100_000), 'x'.repeat(100_000))).toBe(true);
    expect(timingSafeEqual('s', Secret.of('s'))).toBe(true);
  });

  it.each([undefined, null, ['s'], 5, {}, '\ud800'])('takes %p for unequal', (candidate) => {
    expect(timingSafeEqual(candidate, 's')).toBe(false);
  });

  it('does not take a lone surrogate for the replacement character', () => {
    expect(timingSafeEqual('\ud800', '\ufffd')).toBe(false);
  });

  it.each([undefined, null, '', new Uint8Array(0), 7])('throws for the secret %p', (secret) => {
    expect(() => timingSafeEqual('', secret as string)).toThrow(TypeError);
  });
});
