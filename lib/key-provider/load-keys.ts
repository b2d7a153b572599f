import { systemErrorCode } from '../common/system-error-code.js';
import { KeyringError } from '../errors/keyring.error.js';
import { readKeyDocument } from '../keyring/key-document.js';
import type { KeyProvider } from '../keyring/key-provider.js';
import type { RingKey } from '../keyring/keyring.js';
import { providerFailed } from './provider-failed.js';

/** Node turns a longer time into 1 ms, and refuses one that is no whole number. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Asks a provider for its keys and checks the answer.
 *
 * @throws KeyringError `KEY_PROVIDER_FAILED` when there is none in time, `KEY_DOCUMENT_INVALID` when it is wrong
 */
export async function loadKeys(provider: KeyProvider): Promise<readonly RingKey[]> {
  return readKeyDocument(
    await answerOf(provider, (signal) => provider.load(signal)),
    provider.name,
  );
}

/**
 * Waits for what a provider is asked, for its `timeoutMs` at the most.
 *
 * @throws KeyringError `KEY_PROVIDER_FAILED` when there is no answer in time
 */
export async function answerOf<Answer>(
  provider: Pick<KeyProvider, 'name' | 'refresh'>,
  ask: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const { timeoutMs } = provider.refresh;
  const signal = AbortSignal.timeout(Math.min(Math.ceil(timeoutMs), LONGEST_TIMER_MS));
  const timeout = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () =>
      reject(providerFailed(provider.name, `no answer within ${timeoutMs} ms`)),
    );
  });
  try {
    // A client that knows nothing of signals would otherwise be waited for without end.
    return await Promise.race([timeout, asynchronously(ask, signal)]);
  } catch (error) {
    if (error instanceof KeyringError) throw error;
    throw providerFailed(provider.name, describe(error));
  }
}

/** Asynchronous whatever the provider does: if it threw at once, nobody would hear the timeout's rejection. */
async function asynchronously<Answer>(
  ask: (signal: AbortSignal) => Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer> {
  return ask(signal);
}

/** The kind of a failure. Its message may quote what was answered, and that may hold keys. */
function describe(error: unknown): string {
  const name =
    typeof error === 'object' && error !== null && 'name' in error
      ? String(error.name)
      : typeof error;
  const code = systemErrorCode(error);
  return [name, code].filter(isWord).join(', ') || 'unknown';
}

/** Some clients take an error's name from the answer: what is no plain word may be anything. */
function isWord(text: string): boolean {
  return text !== 'unknown' && /^[A-Za-z]\w{0,63}$/.test(text);
}
