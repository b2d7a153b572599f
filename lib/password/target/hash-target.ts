import { randomBytes } from 'node:crypto';
import type { Argon2Backend } from '../../key-derivation/argon2-backend.js';
import type { PasswordText } from '../password-text.js';
import type { Pepper } from '../pepper/peppers.js';
import type { PasswordScheme, StoredHash } from '../stored/stored-hash.js';
import { ARGON2ID_SCHEME } from './argon2id.scheme.js';
import { ARGON2_PROFILES } from './argon2-profiles.js';
import { BCRYPT_SCHEME, BCRYPT_SHA256_SCHEME } from './bcrypt.scheme.js';
import type { CreatingScheme, CreatingSchemeName, HashParameters } from './creating-scheme.js';
import { PBKDF2_SHA256_SCHEME, PBKDF2_SHA512_SCHEME } from './pbkdf2.scheme.js';
import type { RehashReason } from './rehash-reason.js';
import { SCRYPT_SCHEME } from './scrypt.scheme.js';

const SCHEMES: Readonly<Record<CreatingSchemeName, CreatingScheme>> = {
  argon2id: ARGON2ID_SCHEME,
  bcrypt: BCRYPT_SCHEME,
  'bcrypt-sha256': BCRYPT_SHA256_SCHEME,
  scrypt: SCRYPT_SCHEME,
  'pbkdf2-sha256': PBKDF2_SHA256_SCHEME,
  'pbkdf2-sha512': PBKDF2_SHA512_SCHEME,
};
/** The schemes whose parameters mean the same. */
const KIN: readonly (readonly PasswordScheme[])[] = [
  ['argon2id', 'argon2i', 'argon2d'],
  ['bcrypt', 'bcrypt-sha256'],
];
const SALT_BYTES = 16;
const NEWEST_ARGON2 = 19;

/** How passwords are to be hashed, as the options say it. */
export interface HashTargetRules {
  readonly scheme: CreatingSchemeName;
  readonly parameters: HashParameters;
  readonly argon2Backend: Argon2Backend;
}

/** One hash that is to be made. */
export interface HashPlan {
  /** How much memory it fills. */
  readonly memoryKiB: number;
  /** Makes it. */
  create(password: PasswordText, pepper: Pepper | undefined): Promise<string>;
}

/** What new passwords are hashed with, and what stored hashes are measured by. */
export class HashTarget {
  readonly #rules: HashTargetRules;
  readonly #scheme: CreatingScheme;

  constructor(rules: HashTargetRules) {
    this.#rules = rules;
    this.#scheme = SCHEMES[rules.scheme];
  }

  /**
   * The hash that takes the place of a stored one: with the stored parameters, and in the stored scheme, where
   * these are the stronger ones, so that nothing gets weaker by being made anew.
   */
  plan(stored?: StoredHash): HashPlan {
    if (!stored) return this.#planWith(this.#rules.parameters);
    if (areKin(stored.scheme, this.#rules.scheme))
      return this.#planWith(this.#compare(stored) > 0 ? stored.parameters : this.#rules.parameters);
    const stronger = this.#isLesserScheme(stored) ? undefined : creatingKin(stored.scheme);
    return stronger
      ? this.#planWith(stored.parameters, stronger)
      : this.#planWith(this.#rules.parameters);
  }

  /** Work that takes about such a share of the time of a new hash, 0 to 1. */
  planOfShare(share: number): HashPlan {
    return this.#planWith(this.#scheme.scaled(this.#rules.parameters, share));
  }

  /** An Argon2id hash: with the configured parameters, or else those of the profile `guide`. */
  argon2idPlan(): HashPlan {
    return this.#rules.scheme === 'argon2id'
      ? this.plan()
      : new HashTarget({
          ...this.#rules,
          scheme: 'argon2id',
          parameters: { ...ARGON2_PROFILES.guide },
        }).plan();
  }

  /** Why a stored hash is not what would be made today, or is weaker; its pepper aside. */
  reasonsToReplace(stored: StoredHash): RehashReason[] {
    const isNative = stored.format === 'native';
    const { version = NEWEST_ARGON2 } = stored.parameters;
    const reasons: readonly [RehashReason, boolean][] = [
      ['scheme', this.#isLesserScheme(stored)],
      ['parameters', stored.scheme === this.#rules.scheme && this.#compare(stored) < 0],
      ['version', version < NEWEST_ARGON2],
      ['salt', stored.saltBytes < SALT_BYTES],
      ['length', this.#isShort(stored)],
      ['spelling', isNative && !stored.isCanonical],
      ['layout', !isNative],
    ];
    return reasons.filter(([, holds]) => holds).map(([reason]) => reason);
  }

  /** Whether comparing with this hash is the same work as making a new one. */
  isSameWork(stored: StoredHash): boolean {
    return (
      stored.scheme === this.#rules.scheme &&
      Object.entries(this.#rules.parameters).every(
        ([name, value]) => stored.parameters[name] === value,
      )
    );
  }

  /**
   * A hash as today's are, of no password: whatever is compared with it costs what a comparison costs. Nothing
   * is computed for it.
   */
  dummy(pepper: Pepper | undefined): string {
    const { parameters } = this.#rules;
    const setting = { parameters, salt: randomBytes(SALT_BYTES), pepper };
    return this.#scheme.write(setting, randomBytes(this.#scheme.digestBytes));
  }

  #planWith(parameters: HashParameters, scheme = this.#scheme): HashPlan {
    return {
      memoryKiB: scheme.memoryKiB(parameters),
      create: async (password, pepper) => {
        const setting = { parameters, salt: randomBytes(SALT_BYTES), pepper };
        const digest = await scheme.compute(password, setting, this.#rules.argon2Backend);
        return scheme.write(setting, digest);
      },
    };
  }

  #compare({ parameters }: StoredHash): number {
    return this.#scheme.strength(parameters) - this.#scheme.strength(this.#rules.parameters);
  }

  #isLesserScheme(stored: StoredHash): boolean {
    const { scheme, parameters } = stored;
    if (scheme === this.#rules.scheme) return false;
    const other = creatingKin(scheme);
    if (!other || other.rank < this.#scheme.rank || areKin(scheme, this.#rules.scheme)) return true;
    const strength = other.strength(parameters);
    return other.rank === this.#scheme.rank
      ? strength <= this.#scheme.strength(this.#rules.parameters)
      : strength < other.strength(other.floor);
  }

  #isShort({ scheme, digest }: StoredHash): boolean {
    const digestBytes = creatingScheme(scheme)?.digestBytes;
    return digestBytes !== undefined && digest.length < digestBytes;
  }
}

function creatingScheme(name: PasswordScheme | undefined): CreatingScheme | undefined {
  return Object.entries(SCHEMES).find(([each]) => each === name)?.[1];
}

/** The scheme in which a hash of this one can be made anew with its own parameters: Argon2id for Argon2i. */
function creatingKin(name: PasswordScheme): CreatingScheme | undefined {
  return creatingScheme(name) ?? creatingScheme(KIN.find((kin) => kin.includes(name))?.[0]);
}

function areKin(one: PasswordScheme, other: PasswordScheme): boolean {
  return one === other || KIN.some((kin) => kin.includes(one) && kin.includes(other));
}
