import { KeyDerivationError } from '../../errors/key-derivation.error.js';
import { PasswordError } from '../../errors/password.error.js';
import {
  computeArgon2,
  loadArgon2,
  type Argon2Backend,
  type Argon2Work,
} from '../../key-derivation/argon2-backend.js';

/**
 * Computes an Argon2 hash of a password off the event loop.
 *
 * @throws PasswordError `PWD_BACKEND_UNAVAILABLE` when the native library cannot be loaded
 */
export function hashWithArgon2(
  password: Buffer,
  work: Argon2Work,
  backend: Argon2Backend,
): Promise<Buffer> {
  return asPasswordError(() => computeArgon2(password, work, backend));
}

/**
 * Loads the library ahead of the first hash.
 *
 * @throws PasswordError `PWD_BACKEND_UNAVAILABLE` when it cannot be loaded
 */
export function loadArgon2Backend(backend: Argon2Backend): Promise<void> {
  return asPasswordError(() => loadArgon2(backend));
}

async function asPasswordError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof KeyDerivationError)) throw error;
    throw new PasswordError('PWD_BACKEND_UNAVAILABLE', error.message, { cause: error });
  }
}
