import { Injectable } from '@nestjs/common';
import { refuseUnknown } from '../common/refuse-unknown.js';
import { randomBytes } from 'node:crypto';
import { checkWhole } from '../common/check-whole.js';
import { randBelow, randBits } from '../common/random.js';
import { charactersOf, drawText, lengthFor, type AlphabetName } from './alphabet.js';
import type { GeneratedSecret } from './generated-secret.js';
import { generatePassphrase, type PassphraseOptions } from './passphrase.js';
import { generatePassword } from './password-generator.js';
import type { PasswordRules } from './password-rules.js';
import { generateRecoveryCodes, type RecoveryCode } from './recovery-codes.js';
import { drawItem, drawItems } from './selection.js';

const DEFAULT_BYTES = 32;
const MAX_BYTES = 1024 * 1024;
const DEFAULT_TOKEN_BITS = 256;
const MAX_TOKEN_BITS = 65_536;
const DEFAULT_DIGITS = 6;

/** How {@link SecretsService.token} makes a token. */
export interface TokenOptions {
  /**
   * The least entropy in bits, 1 to 65536.
   *
   * @default 256
   */
  bits?: number;
  /**
   * The characters to draw from: the name of an alphabet, or a text of at least two different characters.
   *
   * @default 'base58' (letters and digits without 0, O, I and l)
   */
  alphabet?: AlphabetName | (string & {});
}

/**
 * Makes random values for session ids, reset links, API keys and the like, from the operating system's
 * generator through `node:crypto`. Never use `Math.random` for any of these.
 *
 * @example
 * const resetToken = secrets.tokenUrlsafe(); // 43 characters, 256 bits
 */
@Injectable()
export class SecretsService {
  /**
   * Random bytes as base64url without padding: safe in URLs, headers and cookies.
   *
   * @param bytes how many random bytes, 0 to 1 MiB; the text has a third more characters
   * @default 32 bytes = 43 characters
   * @throws TypeError when `bytes` is no number, RangeError when it is out of bounds or no integer
   * @example
   * secrets.tokenUrlsafe(16).length; // 22
   */
  tokenUrlsafe(bytes: number = DEFAULT_BYTES): string {
    return this.tokenBytes(bytes).toString('base64url');
  }

  /**
   * Random bytes as lower-case hexadecimal digits, two a byte.
   *
   * @param bytes how many random bytes, 0 to 1 MiB
   * @default 32 bytes = 64 digits
   * @throws TypeError when `bytes` is no number, RangeError when it is out of bounds or no integer
   * @example
   * secrets.tokenHex(16).length; // 32
   */
  tokenHex(bytes: number = DEFAULT_BYTES): string {
    return this.tokenBytes(bytes).toString('hex');
  }

  /**
   * Random bytes.
   *
   * @param bytes how many, 0 to 1 MiB
   * @default 32
   * @throws TypeError when `bytes` is no number, RangeError when it is out of bounds or no integer
   * @example
   * const salt = secrets.tokenBytes(16);
   */
  tokenBytes(bytes: number = DEFAULT_BYTES): Buffer {
    checkWhole(bytes, 'the number of bytes', 0, MAX_BYTES);
    return randomBytes(bytes);
  }

  /**
   * A random token in an alphabet of your choice: as many characters as hold the bits asked for, each drawn
   * on its own without bias.
   *
   * @throws TypeError, RangeError for an option of the wrong type or out of bounds
   * @throws SecretsError `SECRET_ALPHABET_UNFIT` for an alphabet of fewer than two characters, with one
   * twice or with a lone surrogate, and for an unknown name
   * @example
   * secrets.token(); // 44 characters of base58
   * secrets.token({ bits: 80, alphabet: 'crockford32' }); // 4GJ0R9T7WQ2B5N1Z
   */
  token(options: TokenOptions = {}): string {
    refuseUnknown(options, ['bits', 'alphabet'], 'token');
    const { bits = DEFAULT_TOKEN_BITS, alphabet = 'base58' } = options;
    checkWhole(bits, 'the number of bits', 1, MAX_TOKEN_BITS);
    const characters = charactersOf(alphabet);
    return drawText(characters, lengthFor(bits, characters.length));
  }

  /**
   * A random whole number from 0 to `limit - 1`, each with the same probability.
   *
   * @param limit how many values there are: 1 to 2^53 - 1, or a bigint from 1 to any size
   * @returns a number for a number, a bigint for a bigint
   * @throws TypeError when the limit is neither, RangeError when it is below 1, no integer or too large for
   * a number
   * @example
   * secrets.randBelow(6) + 1; // a die
   */
  randBelow(limit: number): number;
  randBelow(limit: bigint): bigint;
  randBelow(limit: number | bigint): number | bigint {
    return typeof limit === 'bigint' ? randBelow(limit) : randBelow(limit);
  }

  /**
   * A random whole number of so many bits, from 0 to 2^bits - 1, each with the same probability.
   *
   * @param bits how many, 0 to 8388608 (1 MiB)
   * @throws TypeError when `bits` is no number, RangeError when it is out of bounds or no integer
   * @example
   * secrets.randBits(64).toString(36);
   */
  randBits(bits: number): bigint {
    return randBits(bits);
  }

  /**
   * One of the items, each with the same probability.
   *
   * @throws TypeError when `items` is no list
   * @throws SecretsError `SECRET_TOO_FEW_ITEMS` for an empty list
   * @example
   * const winner = secrets.choice(entries);
   */
  choice<T>(items: readonly T[]): T {
    return drawItem(items);
  }

  /**
   * So many of the items without replacement, in random order. Equal items count as different ones.
   *
   * @param count how many, 0 to the length of the list
   * @throws TypeError when `items` is no list or `count` no number, RangeError when `count` is negative or
   * no integer
   * @throws SecretsError `SECRET_TOO_FEW_ITEMS` when the list has fewer
   * @example
   * const [winner, second] = secrets.sample(entries, 2);
   */
  sample<T>(items: readonly T[], count: number): T[] {
    return drawItems(items, count);
  }

  /**
   * The items in random order, each order with the same probability, as a new list.
   *
   * @throws TypeError when `items` is no list
   * @example
   * const order = secrets.shuffle(candidates);
   */
  shuffle<T>(items: readonly T[]): T[] {
    return drawItems(items, items.length);
  }

  /**
   * A random password: every string that satisfies the rules is equally probable, and the call takes the
   * same time however few do.
   *
   * @default 16 of the 94 printable ASCII characters = 104.9 bits
   * @throws TypeError, RangeError for a rule of the wrong type or out of bounds
   * @throws SecretsError `SECRET_RULES_IMPOSSIBLE` when no password satisfies the rules
   * @example
   * const { value } = secrets.password({ length: 20, require: { digit: 2, symbol: true } });
   */
  password(rules: PasswordRules = {}): GeneratedSecret {
    return generatePassword(rules);
  }

  /**
   * A random passphrase from EFF's Long Wordlist (7776 words).
   *
   * @default 6 words = 77.5 bits
   * @throws TypeError, RangeError for an option of the wrong type or out of bounds
   * @example
   * secrets.passphrase({ minEntropyBits: 90 }).value; // seven words
   */
  passphrase(options: PassphraseOptions = {}): GeneratedSecret {
    refuseUnknown(options, ['words', 'minEntropyBits', 'separator', 'capitalize'], 'passphrase');
    return generatePassphrase(options);
  }

  /**
   * A random code of decimal digits to be sent to someone, leading zeros included. Six digits have 19.9
   * bits: limit the attempts, let it expire within ten minutes, and accept it once.
   *
   * @param digits how many, 4 to 10
   * @default 6
   * @throws TypeError when `digits` is no number, RangeError when it is out of bounds or no integer
   * @example
   * secrets.otp(); // 047310
   */
  otp(digits: number = DEFAULT_DIGITS): string {
    checkWhole(digits, 'the number of digits', 4, 10);
    return String(randBelow(10 ** digits)).padStart(digits, '0');
  }

  /**
   * Codes that let a user in who has lost the second factor, each with the digest to store. No two are
   * alike; each has 120 bits, so that a plain SHA-256 may guard it.
   *
   * @param options.count how many, 1 to 100
   * @default 10 codes
   * @throws TypeError when the count is no number, RangeError when it is out of bounds or no integer
   * @example
   * const codes = secrets.recoveryCodes();
   * await store(user.id, codes.map(({ digest }) => digest));
   * return codes.map(({ code }) => code); // shown once; see recoveryCodeDigest for what is typed later
   */
  recoveryCodes(options: { count?: number } = {}): RecoveryCode[] {
    refuseUnknown(options, ['count'], 'recoveryCodes');
    return generateRecoveryCodes(options.count);
  }
}
