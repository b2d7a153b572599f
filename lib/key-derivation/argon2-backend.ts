import { KeyDerivationError } from '../errors/key-derivation.error.js';
import type { Argon2Parameters, Argon2Variant } from './argon2-parameters.js';

type Argon2Module = typeof import('argon2');

/** Everything that decides what Argon2 makes of a passphrase. */
export interface Argon2Work extends Argon2Parameters {
  readonly variant: Argon2Variant;
  /** 19 (1.3) for everything new; 16 (1.0) in old hashes. */
  readonly version: 16 | 19;
  /** At least 8 bytes. */
  readonly salt: Buffer;
  /** How many bytes are wanted, at least 4. */
  readonly hashBytes: number;
}

const VARIANTS = { argon2d: 0, argon2i: 1, argon2id: 2 } as const;

/**
 * Computes Argon2 (RFC 9106) off the event loop. Whether the parameters are within bounds is for the
 * caller to judge.
 *
 * The native library is loaded by the first call, so that an application that never needs Argon2 never
 * pays for it.
 *
 * @throws KeyDerivationError `KDF_BACKEND_UNAVAILABLE` when the native library cannot be loaded
 */
export async function computeArgon2(passphrase: Buffer, work: Argon2Work): Promise<Buffer> {
  const argon2 = await loadArgon2();
  return argon2.hash(passphrase, {
    raw: true,
    type: VARIANTS[work.variant],
    version: work.version === 19 ? 0x13 : 0x10,
    memoryCost: work.memoryKiB,
    timeCost: work.timeCost,
    parallelism: work.parallelism,
    hashLength: work.hashBytes,
    salt: work.salt,
  });
}

async function loadArgon2(): Promise<Argon2Module> {
  try {
    return await import('argon2');
  } catch (cause) {
    const message =
      'the package "argon2" cannot be loaded: reinstall it on this machine with: npm rebuild argon2';
    throw new KeyDerivationError('KDF_BACKEND_UNAVAILABLE', message, { cause });
  }
}
