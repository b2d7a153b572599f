import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { KdfAlgorithm } from './kdf-algorithm.js';

/** What decides the cost of scrypt (RFC 7914, section 2). */
export interface ScryptParameters {
  /**
   * The cost in time and memory: a power of two. One derivation fills `128 x N x r` bytes, 256 MiB at most.
   *
   * @default 131072 (2^17)
   */
  readonly N?: number;
  /**
   * The size of a block, in units of 128 bytes, 1 to 1024.
   *
   * @default 8
   */
  readonly r?: number;
  /**
   * How often all of it is done, one after the other, 1 to 16.
   *
   * @default 1
   */
  readonly p?: number;
}

const MAX_MEMORY_BYTES = 256 * 1024 * 1024;
const BLOCK_BYTES = 128;

const derive = promisify<
  Uint8Array,
  Uint8Array,
  number,
  Required<ScryptParameters> & { maxmem: number },
  Buffer
>(scrypt);

/** scrypt (RFC 7914), with N=2^17, r=8, p=1 unless told otherwise. */
export const SCRYPT: KdfAlgorithm<keyof ScryptParameters> = Object.freeze({
  head: '$scrypt',
  parameters: {
    N: { letter: 'ln', default: 2 ** 17, min: 2, max: 2 ** 21, powerOfTwo: true },
    r: { letter: 'r', default: 8, min: 1, max: 1024 },
    p: { letter: 'p', default: 1, min: 1, max: 16 },
  },
  minLength: 1,
  excess({ N, r }: Required<ScryptParameters>) {
    if (BLOCK_BYTES * N * r > MAX_MEMORY_BYTES) return 'may fill at most 256 MiB: lower N or r';
    return r === 1 && N >= 2 ** 16 ? 'must have N below 2^16 where r is 1' : undefined;
  },
  compute: computeScrypt,
});

/** Computes scrypt off the event loop. Judges nothing. */
export function computeScrypt(
  passphrase: Uint8Array,
  salt: Uint8Array,
  { N, r, p }: Required<ScryptParameters>,
  length: number,
): Promise<Buffer> {
  // Node allows 32 MiB unless told otherwise, so that it would refuse N=2^15 and all above.
  const maxmem = BLOCK_BYTES * r * (N + p + 2);
  return derive(passphrase, salt, length, { N, r, p, maxmem });
}
