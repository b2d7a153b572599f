import { hashWithArgon2 } from '../argon2-hash.js';
import { parseArgon2 } from '../argon2-phc.js';
import type { StoredFormat } from './stored-hash.js';

const BEGINNING = /^\$argon2(id|i|d)\$/;

/** Argon2 as a PHC string. */
export const ARGON2_FORMAT: StoredFormat = {
  claims: (stored) => BEGINNING.test(stored),
  read(stored, ceilings) {
    const parsed = parseArgon2(stored);
    if (!parsed) return 'malformed';
    const { variant, version, memoryKiB, timeCost, parallelism, salt, hash } = parsed;
    if (
      memoryKiB > ceilings.argon2MemoryKiB ||
      timeCost > ceilings.argon2TimeCost ||
      parallelism > ceilings.argon2Parallelism ||
      memoryKiB * timeCost > ceilings.argon2MemoryKiBPasses
    )
      return 'out-of-bounds';
    if (memoryKiB < 8 * parallelism) return 'malformed';
    const parameters = { memoryKiB, timeCost, parallelism };
    const work = { ...parameters, variant, version, salt, hashBytes: hash.length };
    return {
      scheme: variant,
      format: 'native',
      parameters,
      saltBytes: salt.length,
      digest: hash,
      memoryKiB,
      isCanonical: true,
      compute: ({ bytes }) => hashWithArgon2(bytes, work),
    };
  },
};
