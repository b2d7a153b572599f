import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../common/clock.js';
import { EncryptionError } from '../errors/encryption.error.js';
import { SecurityEvents } from '../events/security-events.js';
import { Keyring, type PurposeKey, type PurposeKeys } from '../keyring/keyring.js';
import { ENCRYPTION_OPTIONS, type ResolvedEncryptionOptions } from './encryption.options.js';
import { fernetDecrypt, fernetEncrypt, fernetTokenLength } from './fernet.js';
import { fernetKeyFromBytes, type FernetKey } from './fernet-key.js';

/** What a token must also fulfil to be opened. */
export interface DecryptOptions {
  /**
   * The age in whole seconds up to which the token is valid; 0 means this very second. Also refuses
   * tokens from the future, beyond the clock skew that is allowed.
   *
   * @default no limit
   */
  ttlSeconds?: number;
  /**
   * Opens tokens of revoked keys, too: to encrypt them again under another one. Has no effect on keys of
   * `encryption.keys`, which have no states.
   *
   * @default false
   */
  allowRevokedKey?: boolean;
}

/**
 * Encrypts with Fernet (AES-128-CBC and HMAC-SHA256), as Python's `cryptography`, Go and Rust read and
 * write it (https://github.com/fernet/spec). The first key encrypts, all keys decrypt.
 *
 * @example
 * const token = encryption.encrypt('4111 1111 1111 1111');
 * encryption.decryptToString(token); // 4111 1111 1111 1111
 */
@Injectable()
export class EncryptionService {
  readonly #ownKeys: FernetKeys | undefined;
  readonly #options: ResolvedEncryptionOptions;
  readonly #clock: Clock;
  #derived: { readonly from: PurposeKeys; readonly keys: FernetKeys } | undefined;

  constructor(
    @Inject(ENCRYPTION_OPTIONS) options: ResolvedEncryptionOptions,
    private readonly keyring: Keyring,
    private readonly events: SecurityEvents,
  ) {
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
    this.#ownKeys = ownKeys(options);
  }

  /**
   * Encrypts text (as UTF-8) or bytes under the first key, stamped with the present second.
   *
   * @returns a Fernet token: padded base64url, 100 characters or more
   * @throws TypeError for anything that is not text or bytes
   * @throws EncryptionError `ENC_TEXT_ILL_FORMED` for text with a lone surrogate, `ENC_PLAINTEXT_TOO_LARGE`
   * for more than `maxPlaintextBytes`
   * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
   * @example
   * row.iban = encryption.encrypt(body.iban);
   */
  encrypt(data: string | Uint8Array): string {
    const plaintext = toBytes(data);
    if (plaintext.length > this.#options.maxPlaintextBytes) {
      const limit = this.#options.maxPlaintextBytes;
      throw new EncryptionError(
        'ENC_PLAINTEXT_TOO_LARGE',
        `the plaintext has more than ${limit} bytes: encrypt less at a time, or raise encryption.maxPlaintextBytes`,
        { status: 413 },
      );
    }
    return fernetEncrypt(this.#keys()[0], plaintext, this.#nowSeconds());
  }

  /**
   * Opens a token under whichever key made it.
   *
   * @param token what may be a Fernet token; anything at all
   * @throws EncryptionError `ENC_TOKEN_INVALID` for whatever is not a genuine token of these keys, and
   * `ENC_TOKEN_EXPIRED` for a genuine one that is older than `ttlSeconds`
   * @throws RangeError when `ttlSeconds` is not a whole number of seconds, or negative
   * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
   * @example
   * encryption.decrypt(token, { ttlSeconds: 3600 });
   */
  decrypt(token: string, options: DecryptOptions = {}): Buffer {
    const time = this.#timeRule(options.ttlSeconds);
    const longest = fernetTokenLength(this.#options.maxPlaintextBytes);
    const verdict =
      typeof token === 'string' && token.length <= longest
        ? fernetDecrypt(this.#keysToOpen(options), token, time)
        : ({ ok: false, reason: 'malformed' } as const);
    if (verdict.ok) return verdict.plaintext;
    this.events.report({ event: 'crypt_decrypt_fail', outcome: 'failure', reason: verdict.reason });
    throw verdict.reason === 'expired'
      ? new EncryptionError('ENC_TOKEN_EXPIRED', 'the token has expired', { status: 400 })
      : new EncryptionError('ENC_TOKEN_INVALID', 'the token is not valid', { status: 400 });
  }

  /**
   * Opens a token that holds text.
   *
   * @throws EncryptionError as {@link EncryptionService.decrypt} does, and `ENC_TEXT_ILL_FORMED` when
   * the plaintext is not UTF-8
   * @example
   * const iban = encryption.decryptToString(row.iban);
   */
  decryptToString(token: string, options: DecryptOptions = {}): string {
    const plaintext = this.decrypt(token, options);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plaintext);
    } catch {
      throw new EncryptionError(
        'ENC_TEXT_ILL_FORMED',
        'the plaintext is not UTF-8: use decrypt() for bytes',
      );
    }
  }

  #keys(): FernetKeys {
    if (this.#ownKeys) return this.#ownKeys;
    const from = this.keyring.keysFor('fernet');
    if (this.#derived?.from !== from) {
      const [primary, ...others] = from;
      this.#derived = { from, keys: [toFernetKey(primary), ...others.map(toFernetKey)] };
    }
    return this.#derived.keys;
  }

  #keysToOpen({ allowRevokedKey = false }: DecryptOptions): readonly FernetKey[] {
    if (!allowRevokedKey || this.#ownKeys) return this.#keys();
    return [...this.#keys(), ...this.keyring.revokedKeysFor('fernet').map(toFernetKey)];
  }

  #timeRule(ttlSeconds: number | undefined) {
    if (ttlSeconds === undefined) return undefined;
    if (!Number.isSafeInteger(ttlSeconds) || ttlSeconds < 0) {
      throw new RangeError('ttlSeconds must be a whole number of seconds, 0 or more');
    }
    const { clockSkewSeconds } = this.#options;
    return { ttlSeconds, clockSkewSeconds, nowSeconds: this.#nowSeconds() };
  }

  #nowSeconds(): number {
    return Math.floor(this.#clock() / 1000);
  }
}

type FernetKeys = readonly [FernetKey, ...FernetKey[]];

function ownKeys({ keys }: ResolvedEncryptionOptions): FernetKeys | undefined {
  const [first, ...others] = keys ?? [];
  return first && [first, ...others];
}

function toFernetKey({ id, key }: PurposeKey): FernetKey {
  return fernetKeyFromBytes(key.export(), id);
}

function toBytes(data: string | Uint8Array): Uint8Array {
  if (typeof data !== 'string') {
    if (!(data instanceof Uint8Array)) throw new TypeError('only text and bytes can be encrypted');
    return data;
  }
  if (!data.isWellFormed()) {
    const message = 'text with a lone surrogate cannot be encrypted as UTF-8';
    throw new EncryptionError('ENC_TEXT_ILL_FORMED', message, { status: 400 });
  }
  return Buffer.from(data, 'utf8');
}
