import { inspect } from 'node:util';
import { KeyDerivationError, KeyDerivationService } from 'nestjs-security';

export const keyDerivation = new KeyDerivationService();

export const PASSPHRASE = 'correct horse battery staple';
export const SALT = Buffer.from('somesaltsomesalt');

/** Options with which next to no work is done. */
export const cheap = { params: { N: 16 }, salt: SALT } as const;

/** The code with which work is refused, in an error that shows neither passphrase nor salt. */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof KeyDerivationError)) throw new Error(`not refused: ${inspect(error)}`);
  const shown = inspect(error) + JSON.stringify(error);
  expect(shown).not.toContain(PASSPHRASE);
  expect(shown).not.toContain(SALT.toString('base64').slice(0, 22));
  expect(error.status).toBe(error.code === 'KDF_PASSPHRASE_UNUSABLE' ? 400 : 500);
  return error.code;
}
