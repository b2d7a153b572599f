import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import type { KdfAlgorithm } from './kdf-algorithm.js';

/** What decides the cost of PBKDF2 (RFC 8018, section 5.2). */
export interface Pbkdf2Parameters {
  /**
   * How often the hash is applied, 1 to 5,000,000 times.
   *
   * @default 600000 for `pbkdf2-sha256`, 210000 for `pbkdf2-sha512`
   */
  readonly iterations?: number;
}

const MAX_ITERATIONS = 5_000_000;
/** Each block of a long key costs all the iterations again. */
const MAX_BLOCK_ITERATIONS = 2 * MAX_ITERATIONS;

/** Computes PBKDF2-HMAC off the event loop. Judges nothing. `sha1` is for what others once stored. */
export const computePbkdf2: (
  passphrase: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
  hash: 'sha1' | 'sha256' | 'sha512',
) => Promise<Buffer> = promisify(pbkdf2);

/** PBKDF2-HMAC-SHA256 (RFC 8018), with 600,000 iterations unless told otherwise. */
export const PBKDF2_SHA256 = algorithm('sha256', 32, 600_000);

/** PBKDF2-HMAC-SHA512 (RFC 8018), with 210,000 iterations unless told otherwise. */
export const PBKDF2_SHA512 = algorithm('sha512', 64, 210_000);

function algorithm(
  hash: 'sha256' | 'sha512',
  blockBytes: number,
  iterations: number,
): KdfAlgorithm<keyof Pbkdf2Parameters> {
  return Object.freeze({
    head: `$pbkdf2-${hash}`,
    parameters: { iterations: { letter: 'i', default: iterations, min: 1, max: MAX_ITERATIONS } },
    minLength: 1,
    excess({ iterations: given }: Required<Pbkdf2Parameters>, length: number) {
      return given * Math.ceil(length / blockBytes) > MAX_BLOCK_ITERATIONS
        ? `may ask for at most ${MAX_BLOCK_ITERATIONS} iterations, counted again for every ${blockBytes} bytes of the key: derive a short key and stretch it with hkdf`
        : undefined;
    },
    compute: (
      passphrase: Buffer,
      salt: Buffer,
      given: Required<Pbkdf2Parameters>,
      length: number,
    ) => computePbkdf2(passphrase, salt, given.iterations, length, hash),
  });
}
