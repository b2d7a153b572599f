import { KeyringError } from '../errors/keyring.error.js';

/**
 * The error of a key provider that has no answer.
 *
 * @param name what the provider is called
 * @param reason what happened, in words of our own: a client's message may quote what was answered
 * @param mend what to do about it
 */
export function providerFailed(
  name: string,
  reason: string,
  mend = 'check that it can be reached and that this application may read it',
): KeyringError {
  const message = `${name} gave no keys (${reason}): ${mend}`;
  return new KeyringError('KEY_PROVIDER_FAILED', message, { status: 503 });
}
