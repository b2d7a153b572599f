import { SecretsService } from 'nestjs-security';

const secrets = new SecretsService();

describe('SecretsService', () => {
  it('makes 256-bit tokens by default', () => {
    expect(secrets.tokenUrlsafe()).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(secrets.tokenHex()).toMatch(/^[0-9a-f]{64}$/);
    expect(secrets.tokenBytes()).toHaveLength(32);
  });

  it('makes tokens of the size asked for', () => {
    expect(secrets.tokenUrlsafe(16)).toHaveLength(22);
    expect(secrets.tokenHex(16)).toHaveLength(32);
    expect(secrets.tokenBytes(0)).toHaveLength(0);
  });

  it('never repeats one', () => {
    const tokens = Array.from({ length: 10_000 }, () => secrets.tokenHex(16));
    expect(new Set(tokens).size).toBe(tokens.length);
  });

  it.each([-1, 1.5, NaN, Infinity, 2 ** 31, 2 ** 20 + 1])('refuses %p bytes', (bytes) => {
    expect(() => secrets.tokenBytes(bytes)).toThrow(RangeError);
    expect(() => secrets.tokenHex(bytes)).toThrow(RangeError);
    expect(() => secrets.tokenUrlsafe(bytes)).toThrow(RangeError);
  });

  it.each(['32', null, {}, 32n])('refuses the size %p, which is no number', (bytes) => {
    expect(() => secrets.tokenBytes(bytes as number)).toThrow(TypeError);
  });
});
