import { KeyDerivationError } from '../errors/key-derivation.error.js';
import { PasswordError } from '../errors/password.error.js';
import { computeArgon2, type Argon2Work } from '../key-derivation/argon2-backend.js';

/**
 * Computes an Argon2 hash of a password off the event loop.
 *
 * @throws PasswordError `PWD_BACKEND_UNAVAILABLE` when the native library cannot be loaded
 */
export async function hashWithArgon2(password: Buffer, work: Argon2Work): Promise<Buffer> {
  try {
    return await computeArgon2(password, work);
  } catch (error) {
    if (!(error instanceof KeyDerivationError)) throw error;
    throw new PasswordError('PWD_BACKEND_UNAVAILABLE', error.message, { cause: error });
  }
}
