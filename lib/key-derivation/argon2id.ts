import { computeArgon2 } from './argon2-backend.js';
import {
  ARGON2_BOUNDS,
  ARGON2_DEFAULTS,
  isWithinBounds,
  type Argon2Parameters,
} from './argon2-parameters.js';
import type { KdfAlgorithm } from './kdf-algorithm.js';

/** Argon2id version 1.3 (RFC 9106), with 64 MiB, three passes and four lanes unless told otherwise. */
export const ARGON2ID: KdfAlgorithm<keyof Argon2Parameters> = Object.freeze({
  head: '$argon2id$v=19',
  parameters: {
    memoryKiB: parameter('m', 'memoryKiB', 8),
    timeCost: parameter('t', 'timeCost', 1),
    parallelism: parameter('p', 'parallelism', 1),
  },
  minLength: 4,
  excess(parameters: Argon2Parameters) {
    return isWithinBounds(parameters)
      ? undefined
      : `must have 8 KiB of memory for each lane, and memoryKiB x timeCost may be at most ${ARGON2_BOUNDS.memoryKiBPasses}`;
  },
  compute: (passphrase: Buffer, salt: Buffer, parameters: Argon2Parameters, length: number) =>
    computeArgon2(passphrase, {
      ...parameters,
      variant: 'argon2id',
      version: 19,
      salt,
      hashBytes: length,
    }),
});

function parameter(letter: string, name: keyof Argon2Parameters, min: number) {
  return { letter, default: ARGON2_DEFAULTS[name], min, max: ARGON2_BOUNDS[name] };
}
