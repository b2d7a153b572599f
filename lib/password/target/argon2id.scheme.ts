import { randomBytes } from 'node:crypto';
import type { Argon2Parameters } from '../../key-derivation/argon2-parameters.js';
import { hashWithArgon2 } from '../backend/argon2-hash.js';
import { formatArgon2 } from '../stored/argon2-phc.js';
import { parameter, type CreatingScheme, type HashParameters } from './creating-scheme.js';

const SALT_BYTES = 16;
const DIGEST_BYTES = 32;

/** What a guess costs on hardware made for guessing: memory times the time for which it is filled. */
export function argon2Strength({
  memoryKiB,
  timeCost,
}: Pick<Argon2Parameters, 'memoryKiB' | 'timeCost'>): number {
  return memoryKiB ** 2 * timeCost;
}

/**
 * Argon2id version 1.3 (RFC 9106). Two sets of parameters are compared by {@link argon2Strength}.
 */
export const ARGON2ID_SCHEME: CreatingScheme = {
  digestBytes: DIGEST_BYTES,
  // The least that the OWASP Password Storage Cheat Sheet recommends.
  floor: { memoryKiB: 19_456, timeCost: 2, parallelism: 1 },
  rank: 4,
  strength: (parameters) => argon2Strength(argon2Numbers(parameters)),
  memoryKiB: (parameters) => parameter(parameters, 'memoryKiB'),
  scaled(parameters, share) {
    const { memoryKiB, parallelism } = argon2Numbers(parameters);
    return { ...parameters, memoryKiB: Math.max(8 * parallelism, Math.round(memoryKiB * share)) };
  },
  async create(password, { parameters, pepper, argon2Backend }) {
    const work = {
      ...argon2Numbers(parameters),
      variant: 'argon2id',
      version: 19,
      salt: randomBytes(SALT_BYTES),
      hashBytes: DIGEST_BYTES,
      secret: pepper?.key.export(),
    } as const;
    const hash = await hashWithArgon2(password.bytes, work, argon2Backend);
    return formatArgon2({ ...work, keyId: pepper?.id, hash });
  },
};

function argon2Numbers(parameters: HashParameters) {
  return {
    memoryKiB: parameter(parameters, 'memoryKiB'),
    timeCost: parameter(parameters, 'timeCost'),
    parallelism: parameter(parameters, 'parallelism'),
  };
}
