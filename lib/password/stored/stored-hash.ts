import type { KeyObject } from 'node:crypto';
import type { Argon2Backend } from '../../key-derivation/argon2-backend.js';
import type { PasswordText } from '../password-text.js';
import type { PasswordCeilings } from '../password-ceilings.js';

/** The function that a stored hash was made with, whatever the text around it looks like. */
export type PasswordScheme =
  | 'argon2id'
  | 'argon2i'
  | 'argon2d'
  | 'bcrypt'
  | 'bcrypt-sha256'
  | 'scrypt'
  | 'pbkdf2-sha1'
  | 'pbkdf2-sha256'
  | 'pbkdf2-sha512'
  | 'phpass'
  | 'sha256-crypt'
  | 'sha512-crypt'
  | 'salted-digest';

/**
 * What the text around the hash looks like: `native` is what this package writes itself, any other name is
 * that of the software whose layout it is.
 */
export type PasswordFormat =
  | 'native'
  | 'passlib'
  | 'django'
  | 'werkzeug'
  | 'spring'
  | 'wordpress'
  | 'symfony'
  | 'aspnet-identity'
  | 'adonis'
  | 'better-auth'
  | 'lucia'
  | 'atlassian'
  | 'grub'
  | 'ldap'
  | 'unix-crypt'
  | 'phpass'
  | 'wrapped';

/** Why a stored text is not verified. */
export type StoredProblem = 'malformed' | 'unsupported' | 'out-of-bounds';

/** A stored hash, taken apart and judged: what it takes to compare a password with it. */
export interface StoredHash {
  readonly scheme: PasswordScheme;
  readonly format: PasswordFormat;
  /** The numbers that decide the cost, by name: `{ memoryKiB, timeCost, parallelism }`, `{ cost }`, `{ N, r, p }`, `{ iterations }`. */
  readonly parameters: Readonly<Record<string, number>>;
  /** How many bytes of salt it has. */
  readonly saltBytes: number;
  /** What {@link StoredHash.compute} has to give for the right password. */
  readonly digest: Buffer;
  /** How much memory `compute` fills while it runs. */
  readonly memoryKiB: number;
  /** Whether the text is spelt as this package, or else the software of its format, would spell it. */
  readonly isCanonical: boolean;
  /** Which pepper it was made with, as the text names it; `undefined` for none. */
  readonly pepperId?: Buffer | undefined;
  /** Whether only a part of this password takes part, as bcrypt cuts after 72 bytes; never, when absent. */
  cuts?(password: PasswordText): boolean;
  /**
   * Computes what a password gives under the stored settings, off the event loop or in short slices.
   *
   * @param pepper the pepper that `pepperId` names, when it names one
   */
  compute(password: PasswordText, pepper?: KeyObject): Promise<Buffer>;
}

/** What decides how stored hashes are read. */
export interface ReadingRules extends PasswordCeilings {
  /** The package that computes Argon2. */
  readonly argon2Backend: Argon2Backend;
  /** What the software that made bcrypt hashes did to passwords of more than 72 bytes. */
  readonly longBcrypt: 'truncated' | 'symfony';
}

/** A layout in which hashes are stored. */
export interface StoredFormat {
  /**
   * Tells by its beginning whether a text is meant to be of this layout. At most one layout claims a text.
   * The text has at most 1,024 characters.
   */
  claims(stored: string): boolean;
  /** Reads a text that it claims, strictly; bounds are judged before anything is computed or allocated. */
  read(stored: string, rules: ReadingRules): StoredHash | StoredProblem;
}
