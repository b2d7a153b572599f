import { KeyringError, type KeyProvider } from 'nestjs-security';
import { loadKeys } from '../../lib/key-provider/load-keys.js';

/** The keys that a provider gives, each as `id state`. */
export async function ringOf(provider: KeyProvider): Promise<string[]> {
  return (await loadKeys(provider)).map(({ id, state }) => `${id} ${state}`);
}

/** The error of a provider; fails when there is none, or when it does not name the provider. */
export async function refusalOf(provider: KeyProvider): Promise<KeyringError> {
  const error: unknown = await loadKeys(provider).catch((refusal: unknown) => refusal);
  if (!(error instanceof KeyringError))
    throw new Error('these keys were accepted', { cause: error });
  expect(error.message).toContain(provider.name);
  expect(error.cause).toBeUndefined();
  return error;
}
