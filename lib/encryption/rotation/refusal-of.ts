import type { SecurityErrorCode } from '../../errors/error-codes.js';
import { EncryptionError } from '../../errors/encryption.error.js';
import { SecurityError } from '../../errors/security.error.js';

/**
 * The code with which one value was refused: what it holds, its context or the ring that its row names is
 * wrong.
 *
 * @throws the error itself when it says nothing of the value, such as that there are no keys
 */
export function refusalOf(error: unknown): SecurityErrorCode {
  if (error instanceof EncryptionError) return error.code;
  if (error instanceof SecurityError && error.code === 'ENC_RING_UNKNOWN') return error.code;
  throw error;
}
