import { PasswordError } from '../errors/password.error.js';
import type { Argon2Hash } from './argon2-phc.js';

type Argon2Module = typeof import('argon2');

const VARIANTS = { argon2d: 0, argon2i: 1, argon2id: 2 } as const;

/**
 * Computes an Argon2 hash off the event loop.
 *
 * The native library is loaded by the first call, so that an application that never hashes a password
 * never pays for it.
 *
 * @param like the parameters, the salt and the length to compute with
 * @throws PasswordError `PWD_BACKEND_UNAVAILABLE` when the native library cannot be loaded
 */
export async function computeArgon2(
  password: Buffer,
  like: Omit<Argon2Hash, 'hash'> & { hashBytes: number },
): Promise<Buffer> {
  const argon2 = await loadArgon2();
  return argon2.hash(password, {
    raw: true,
    type: VARIANTS[like.variant],
    version: like.version === 19 ? 0x13 : 0x10,
    memoryCost: like.memoryKiB,
    timeCost: like.timeCost,
    parallelism: like.parallelism,
    hashLength: like.hashBytes,
    salt: like.salt,
  });
}

async function loadArgon2(): Promise<Argon2Module> {
  try {
    return await import('argon2');
  } catch (cause) {
    const message =
      'the package "argon2" cannot be loaded: reinstall it on this machine with: npm rebuild argon2';
    throw new PasswordError('PWD_BACKEND_UNAVAILABLE', message, { cause });
  }
}
