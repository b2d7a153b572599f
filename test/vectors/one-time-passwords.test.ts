import { TotpService, type OneTimePasswordAlgorithm } from 'nestjs-security';
import { startServices } from '../support/services.js';
import { readVectors } from '../support/vectors.js';

interface Vectors {
  hotp: { secretAscii: string; digits: number; values: string[] };
  totp: {
    period: number;
    digits: number;
    secrets: Record<OneTimePasswordAlgorithm, string>;
    values: [seconds: number, SHA1: string, SHA256: string, SHA512: string][];
  };
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const { hotp, totp } = readVectors<Vectors>('passwords/rfc_one_time_passwords.json');

describe('RFC 4226, appendix D', () => {
  const secret = base32(hotp.secretAscii);
  const cases = hotp.values.map((code, counter) => ({ code, counter }));

  it.each(cases)('counter $counter is $code', async ({ code, counter }) => {
    const service = await serviceAt(0, { digits: hotp.digits });
    await expect(service.generateHotp(secret, counter)).resolves.toBe(code);
    await expect(service.verifyHotp(code, secret, { counter, lookAhead: 0 })).resolves.toEqual({
      ok: true,
      nextCounter: counter + 1,
    });
  });
});

describe('RFC 6238, appendix B', () => {
  const cases = totp.values.flatMap(([seconds, ...codes]) =>
    (['SHA1', 'SHA256', 'SHA512'] as const).map((algorithm, index) => ({
      seconds,
      algorithm,
      code: codes[index] ?? '',
    })),
  );

  it.each(cases)('at $seconds s with $algorithm is $code', async ({ seconds, algorithm, code }) => {
    const service = await serviceAt(seconds, { algorithm, digits: totp.digits });
    const secret = base32(totp.secrets[algorithm]);
    await expect(service.generate(secret)).resolves.toBe(code);
    await expect(
      service.verify(code, secret, { lastAcceptedStep: null, window: 0 }),
    ).resolves.toEqual({ ok: true, step: Math.floor(seconds / totp.period) });
  });
});

async function serviceAt(
  seconds: number,
  options: { algorithm?: OneTimePasswordAlgorithm; digits: number },
): Promise<TotpService> {
  const { module } = await startServices({ totp: { ...options, clock: () => seconds * 1000 } });
  return module.get(TotpService);
}

/** Written anew, so that the codes do not rest on the library's own encoder. */
function base32(ascii: string): string {
  const bits = Array.from(Buffer.from(ascii), (byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => BASE32[parseInt(group.padEnd(5, '0'), 2)]).join('');
}
