import { Secret, secretMatcher } from 'nestjs-security';

describe('secretMatcher', () => {
  const isSecret = secretMatcher('tür');

  it('matches the secret as text or bytes, and nothing else', () => {
    expect(isSecret('tür')).toBe(true);
    expect(isSecret(Buffer.from('tür'))).toBe(true);
    expect(isSecret('tur')).toBe(false);
    expect(isSecret('tür ')).toBe(false);
    expect(isSecret('')).toBe(false);
  });

  it.each([undefined, null, ['tür'], 5, {}, '\ud800'])('takes %p for unequal', (candidate) => {
    expect(isSecret(candidate)).toBe(false);
  });

  it('is not changed by later writes to the bytes it was given', () => {
    const bytes = Buffer.from('secret');
    const matches = secretMatcher(Secret.of(bytes));
    bytes.fill(0);
    expect(matches('secret')).toBe(true);
  });

  it.each([undefined, null, '', new Uint8Array(0), 7])('throws for the secret %p', (secret) => {
    expect(() => secretMatcher(secret as string)).toThrow(TypeError);
  });
});
