import { KeyDerivationError } from '../errors/key-derivation.error.js';
import type { Argon2Parameters, Argon2Variant } from './argon2-parameters.js';

/** The packages that can compute Argon2; both give the same bytes. */
export type Argon2Backend = 'argon2' | '@node-rs/argon2';

/** Everything that decides what Argon2 makes of a passphrase. */
export interface Argon2Work extends Argon2Parameters {
  readonly variant: Argon2Variant;
  /** 19 (1.3) for everything new; 16 (1.0) in old hashes. */
  readonly version: 16 | 19;
  /** At least 8 bytes. */
  readonly salt: Buffer;
  /** How many bytes are wanted, at least 4. */
  readonly hashBytes: number;
  /** A key without which the bytes cannot be computed again (RFC 9106, section 3.1: K). */
  readonly secret?: Buffer | undefined;
}

/** What is used of the package. Its enums are types only: at run time there is nothing but their numbers. */
interface NodeRsArgon2 {
  hashRaw(
    password: Buffer,
    options: {
      algorithm: 0 | 1 | 2;
      version: 0 | 1;
      memoryCost: number;
      timeCost: number;
      parallelism: number;
      outputLen: number;
      salt: Buffer;
      secret?: Buffer;
    },
  ): Promise<Buffer>;
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
export function computeArgon2(
  passphrase: Buffer,
  work: Argon2Work,
  backend: Argon2Backend = 'argon2',
): Promise<Buffer> {
  return backend === 'argon2'
    ? computeWithArgon2(passphrase, work)
    : computeWithNodeRs(passphrase, work);
}

/**
 * Loads a backend ahead of its first use.
 *
 * @throws KeyDerivationError `KDF_BACKEND_UNAVAILABLE` when it cannot be loaded
 */
export async function loadArgon2(backend: Argon2Backend): Promise<void> {
  await (backend === 'argon2' ? importArgon2() : importNodeRs());
}

async function computeWithArgon2(passphrase: Buffer, work: Argon2Work): Promise<Buffer> {
  const argon2 = await importArgon2();
  return argon2.hash(passphrase, {
    raw: true,
    type: VARIANTS[work.variant],
    version: work.version === 19 ? 0x13 : 0x10,
    memoryCost: work.memoryKiB,
    timeCost: work.timeCost,
    parallelism: work.parallelism,
    hashLength: work.hashBytes,
    salt: work.salt,
    ...(work.secret && { secret: work.secret }),
  });
}

async function computeWithNodeRs(passphrase: Buffer, work: Argon2Work): Promise<Buffer> {
  const argon2 = await importNodeRs();
  return argon2.hashRaw(passphrase, {
    algorithm: VARIANTS[work.variant],
    version: work.version === 19 ? 1 : 0,
    memoryCost: work.memoryKiB,
    timeCost: work.timeCost,
    parallelism: work.parallelism,
    outputLen: work.hashBytes,
    salt: work.salt,
    ...(work.secret && { secret: work.secret }),
  });
}

async function importArgon2(): Promise<typeof import('argon2')> {
  try {
    return await import('argon2');
  } catch (cause) {
    const message =
      'the package "argon2" cannot be loaded: reinstall it on this machine with: npm rebuild argon2';
    throw new KeyDerivationError('KDF_BACKEND_UNAVAILABLE', message, { cause });
  }
}

async function importNodeRs(): Promise<NodeRsArgon2> {
  try {
    return await import('@node-rs/argon2');
  } catch (cause) {
    const message =
      'the package "@node-rs/argon2" cannot be loaded: install it with: npm install @node-rs/argon2';
    throw new KeyDerivationError('KDF_BACKEND_UNAVAILABLE', message, { cause });
  }
}
