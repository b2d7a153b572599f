import { Injectable } from '@nestjs/common';
import { refuseUnknown } from '../common/refuse-unknown.js';
import { createSecretKey, KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';
import { encodePaddedBase64Url } from '../common/encoding.js';
import { Secret } from '../common/secret.js';
import { KeyDerivationError } from '../errors/key-derivation.error.js';
import { chosenRecipe, recipeToVerify } from './chosen-recipe.js';
import type {
  DerivedFernetKey,
  DerivedKey,
  DeriveOptions,
  FernetKeyOptions,
  KeyToVerify,
} from './derive-options.js';
import { formatRecipe, recipeFromEncoded } from './encoded-recipe.js';
import { computeHkdf, type HkdfOptions, type InputKey } from './hkdf.js';
import { judgePassphrase, passphraseBytes, type Passphrase } from './passphrase.js';
import { followRecipe, type Recipe } from './recipe.js';

const NEW_SALT_BYTES = 16;
const FERNET_KEY_BYTES = 32;

/**
 * Derives keys from passphrases (scrypt, PBKDF2, Argon2id) and from other keys (HKDF), off the event loop.
 * To store and verify the passwords of users, take {@link PasswordService}.
 *
 * A passphrase is text, bytes or a {@link Secret} of one, 1 to 4096 bytes. Of text, the UTF-8 of its
 * Unicode NFC is used; bytes are used as they are.
 *
 * @example
 * const { key, encoded } = await keyDerivation.derive(passphrase); // keep `encoded`, it holds no secret
 * const again = await keyDerivation.fromEncoded(passphrase, encoded); // the same key
 */
@Injectable()
export class KeyDerivationService {
  /**
   * Derives a key from a passphrase.
   *
   * Bounds: scrypt fills at most 256 MiB and has p <= 16; PBKDF2 has at most 5,000,000 iterations, and
   * 10,000,000 counting each block of a long key; Argon2id takes at most 256 MiB, 16 passes, 16 lanes, and
   * 1 GiB of memory times passes.
   *
   * @param options defaults: scrypt with N=131072, r=8, p=1; a fresh salt of 16 bytes; 32 bytes of key
   * @returns the key, its salt, and `encoded`: everything but the key that is needed to derive it again
   * @throws TypeError when the passphrase is no text or bytes
   * @throws KeyDerivationError before any work: `KDF_ALGORITHM_UNKNOWN`, `KDF_LENGTH_INVALID`,
   * `KDF_PARAMETERS_INVALID`, `KDF_PASSPHRASE_UNUSABLE`, `KDF_SALT_INVALID`; and
   * `KDF_BACKEND_UNAVAILABLE` when Argon2 cannot be loaded
   * @example
   * await keyDerivation.derive(passphrase, { algorithm: 'pbkdf2-sha256', params: { iterations: 1_000_000 } });
   */
  async derive(passphrase: Passphrase, options: DeriveOptions = {}): Promise<DerivedKey> {
    refuseUnknown(options, ['algorithm', 'salt', 'length', 'params'], 'derive');
    const recipe = chosenRecipe(options, randomBytes(NEW_SALT_BYTES));
    return derivedKey(recipe, passphraseBytes(passphrase));
  }

  /**
   * Derives the key again, as `encoded` says, whatever the defaults are by now.
   *
   * @param encoded what {@link KeyDerivationService.derive} gave; bounded as its options are
   * @throws TypeError when the passphrase is no text or bytes
   * @throws KeyDerivationError before any work: `KDF_ENCODED_INVALID` for a text that `derive` never writes,
   * else as {@link KeyDerivationService.derive}
   * @example
   * const { key } = await keyDerivation.fromEncoded(passphrase, row.encoded);
   */
  async fromEncoded(passphrase: Passphrase, encoded: string): Promise<DerivedKey> {
    return derivedKey(recipeFromEncoded(encoded), passphraseBytes(passphrase));
  }

  /**
   * Tells whether a passphrase gives a key, comparing in constant time.
   *
   * A passphrase that {@link KeyDerivationService.derive} refuses, a key of another length than asked for,
   * a cut salt and a damaged `encoded` are `false`: a part of a key is never the key.
   *
   * @param expected the key with its `encoded`; or with its salt and whatever was not a default
   * @throws TypeError when the passphrase is no text or bytes, or the key is no key
   * @throws KeyDerivationError before any work, when `expected` asks for what `derive` refuses
   * @example
   * const ok = await keyDerivation.verify(passphrase, { key, encoded });
   * const legacy = await keyDerivation.verify(passphrase, { key, salt, params: { N: 2 ** 14 } });
   */
  async verify(passphrase: Passphrase, expected: KeyToVerify): Promise<boolean> {
    const candidate = judgePassphrase(passphrase);
    const key = keyBytes(expected.key);
    const recipe = recipeToVerify(expected);
    if (typeof candidate === 'string' || !recipe || key.length !== recipe.length) return false;
    return timingSafeEqual(await followRecipe(recipe, candidate), key);
  }

  /**
   * Derives a key from a key with HKDF (RFC 5869), such as one key for each tenant. Not for passphrases:
   * it is fast, so that guessing is fast, too.
   *
   * @param ikm a secret {@link KeyObject}, bytes, or text of which the UTF-8 is taken as it is; not empty
   * @param options defaults: no salt, no info, 32 bytes, SHA-256
   * @throws TypeError when `ikm` is no key, text or bytes
   * @throws KeyDerivationError `KDF_ALGORITHM_UNKNOWN`, `KDF_INFO_INVALID`, `KDF_LENGTH_INVALID` (more than
   * 255 times the hash), `KDF_PASSPHRASE_UNUSABLE` (empty, or a lone surrogate), `KDF_SALT_INVALID`
   * @example
   * const tenantKey = await keyDerivation.hkdf(rootKey, { info: `tenant ${tenant.id}` });
   */
  async hkdf(ikm: InputKey, options: HkdfOptions = {}): Promise<KeyObject> {
    refuseUnknown(options, ['salt', 'info', 'length', 'hash'], 'hkdf');
    return createSecretKey(await computeHkdf(ikm, options));
  }

  /**
   * Derives a Fernet key, for `encryption.keys` or Python's `cryptography.fernet.Fernet`.
   *
   * @param options as for {@link KeyDerivationService.derive}, without a length; or `{ encoded }` of an
   * earlier call, for the same key again
   * @returns the key in a {@link Secret}, its salt, and `encoded`
   * @throws KeyDerivationError as {@link KeyDerivationService.derive} and
   * {@link KeyDerivationService.fromEncoded}; `KDF_LENGTH_INVALID` when `encoded` is of a key that has not
   * 32 bytes
   * @example
   * // As Python does with Scrypt(salt=salt, length=32, n=2**14, r=8, p=1):
   * const { key } = await keyDerivation.fernetKeyFromPassphrase(passphrase, { salt, params: { N: 2 ** 14 } });
   */
  async fernetKeyFromPassphrase(
    passphrase: Passphrase,
    options: FernetKeyOptions = {},
  ): Promise<DerivedFernetKey> {
    const recipe =
      'encoded' in options
        ? recipeFromEncoded(options.encoded)
        : chosenRecipe({ ...options, length: FERNET_KEY_BYTES }, randomBytes(NEW_SALT_BYTES));
    if (recipe.length !== FERNET_KEY_BYTES) {
      const message = `a Fernet key has ${FERNET_KEY_BYTES} bytes, encoded is of a key with ${recipe.length}`;
      throw new KeyDerivationError('KDF_LENGTH_INVALID', message);
    }
    const bytes = await followRecipe(recipe, passphraseBytes(passphrase));
    return {
      key: Secret.of(encodePaddedBase64Url(bytes)),
      salt: recipe.salt,
      encoded: formatRecipe(recipe),
    };
  }
}

async function derivedKey(recipe: Recipe, passphrase: Buffer): Promise<DerivedKey> {
  const key = createSecretKey(await followRecipe(recipe, passphrase));
  return { key, salt: recipe.salt, encoded: formatRecipe(recipe) };
}

function keyBytes(key: KeyToVerify['key']): Buffer {
  const value: unknown = key instanceof Secret ? key.reveal() : key;
  if (value instanceof KeyObject && value.type === 'secret') return value.export();
  if (value instanceof Uint8Array) return Buffer.from(value);
  throw new TypeError('the key must be a secret KeyObject or bytes');
}
