import type { Argon2Parameters } from '../../key-derivation/argon2-parameters.js';
import { hashWithArgon2 } from '../backend/argon2-hash.js';
import { formatArgon2 } from '../stored/argon2-phc.js';
import {
  parameter,
  type CreatingScheme,
  type HashParameters,
  type HashSetting,
} from './creating-scheme.js';

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
  compute: (password, setting, argon2Backend) =>
    hashWithArgon2(password.bytes, workOf(setting), argon2Backend),
  write: (setting, hash) => formatArgon2({ ...workOf(setting), keyId: setting.pepper?.id, hash }),
};

function workOf({ parameters, salt, pepper }: HashSetting) {
  return {
    ...argon2Numbers(parameters),
    variant: 'argon2id',
    version: 19,
    salt,
    hashBytes: DIGEST_BYTES,
    secret: pepper?.key.export(),
  } as const;
}

function argon2Numbers(parameters: HashParameters) {
  return {
    memoryKiB: parameter(parameters, 'memoryKiB'),
    timeCost: parameter(parameters, 'timeCost'),
    parallelism: parameter(parameters, 'parallelism'),
  };
}
