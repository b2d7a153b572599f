import { systemErrorCode } from '../common/system-error-code.js';
import { KeyringError } from '../errors/keyring.error.js';
import { readKeyDocument } from '../keyring/key-document.js';
import type { KeyProvider } from '../keyring/key-provider.js';
import type { RingKey } from '../keyring/keyring.js';

/**
 * Asks a provider for its keys and checks the answer.
 *
 * @throws KeyringError `KEY_PROVIDER_FAILED` when there is none in time, `KEY_DOCUMENT_INVALID` when it is wrong
 */
export async function loadKeys(provider: KeyProvider): Promise<readonly RingKey[]> {
  return readKeyDocument(await answerOf(provider), provider.name);
}

async function answerOf(provider: KeyProvider): Promise<unknown> {
  const signal = AbortSignal.timeout(provider.refresh.timeoutMs);
  const timeout = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () =>
      reject(failed(provider, `no answer within ${provider.refresh.timeoutMs} ms`)),
    );
  });
  try {
    // A client that knows nothing of signals would otherwise be waited for without end.
    return await Promise.race([provider.load(signal), timeout]);
  } catch (error) {
    if (error instanceof KeyringError) throw error;
    throw failed(provider, describe(error));
  }
}

/** The kind of a failure. Its message may quote what was answered, and that may hold keys. */
function describe(error: unknown): string {
  const name =
    typeof error === 'object' && error !== null && 'name' in error
      ? String(error.name)
      : typeof error;
  const code = systemErrorCode(error);
  return code === 'unknown' ? name : `${name}, ${code}`;
}

function failed({ name }: KeyProvider, reason: string): KeyringError {
  const message = `${name} gave no keys (${reason}): check that it can be reached and that this application may read it`;
  return new KeyringError('KEY_PROVIDER_FAILED', message, { status: 503 });
}
