import { refuseUnknown } from '../common/refuse-unknown.js';
import type {
  AbortOptions,
  DecryptOptions,
  EncryptOptions,
  OpenOptions,
  SchemaOptions,
} from './call-options.js';
import { checkSeconds } from './check-seconds.js';
import type { EncryptionCore } from './encryption-core.js';
import { parseJsonPlaintext } from './json-plaintext.js';
import { plaintextText } from './plaintext.js';

const OPEN_OPTIONS = ['ttlSeconds', 'allowRevokedKey'] as const;

/** The verbs for bare Fernet tokens; `Where` is what a call may still choose of ring and context. */
export abstract class TokenVerbs<Where extends EncryptOptions> {
  /** @internal */
  protected readonly core: EncryptionCore;
  readonly #fixed: EncryptOptions;
  readonly #choices: readonly string[];

  /** @internal */
  protected constructor(
    core: EncryptionCore,
    fixed: EncryptOptions,
    choices: readonly (keyof EncryptOptions)[],
  ) {
    this.core = core;
    this.#fixed = fixed;
    this.#choices = choices;
  }

  /**
   * Encrypts text (as UTF-8) or bytes under the primary key, stamped with the present second.
   *
   * @returns a Fernet token: padded base64url, 100 characters or more
   * @throws TypeError for anything that is not text or bytes
   * @throws EncryptionError `ENC_TEXT_ILL_FORMED` for text with a lone surrogate, `ENC_PLAINTEXT_TOO_LARGE`
   * for more than `maxPlaintextBytes`, `ENC_CONTEXT_INVALID`
   * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
   * @example
   * row.iban = encryption.encrypt(body.iban, { context: ['users.iban', row.id] });
   */
  encrypt(data: string | Uint8Array, options?: Where): string {
    return this.core.encrypt(this.chosen(options), data).token;
  }

  /**
   * Does as `encrypt`, with a time of your own; as Python's `encrypt_at_time`.
   *
   * @param seconds whole seconds since the Unix epoch
   * @throws RangeError when `seconds` is not a whole number, or negative
   */
  encryptAtTime(data: string | Uint8Array, seconds: number, options?: Where): string {
    checkSeconds(seconds, 'the time');
    return this.core.encrypt(this.chosen(options), data, BigInt(seconds)).token;
  }

  /**
   * Opens a token under whichever key made it. All accepted keys are tried, in equal time.
   *
   * @param token what may be a Fernet token; anything at all
   * @throws EncryptionError `ENC_TOKEN_INVALID` for whatever is not a genuine token of these keys and this
   * context, `ENC_TOKEN_EXPIRED` for a genuine one that is older than `ttlSeconds`, `ENC_CONTEXT_INVALID`
   * @throws RangeError when `ttlSeconds` is not a whole number of seconds, or negative
   * @throws TypeError when `allowRevokedKey` is neither true nor false
   * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
   * @example
   * encryption.decrypt(token, { ttlSeconds: 3600 });
   */
  decrypt(token: string, options?: Where & OpenOptions): Buffer {
    return this.core.open(this.opening(options), token, 'token').plaintext;
  }

  /**
   * Does as `decrypt`, with a clock of your own; as Python's `decrypt_at_time`.
   *
   * @param nowSeconds whole seconds since the Unix epoch
   * @throws RangeError when one of the two is not a whole number of seconds, or negative
   */
  decryptAtTime(
    token: string,
    ttlSeconds: number,
    nowSeconds: number,
    options?: Where & Pick<OpenOptions, 'allowRevokedKey'>,
  ): Buffer {
    const chosen = this.chosen(options, 'allowRevokedKey');
    checkSeconds(ttlSeconds, 'ttlSeconds');
    checkSeconds(nowSeconds, 'the time');
    return this.core.open(chosen, token, 'token', this.core.timeRule(ttlSeconds, nowSeconds))
      .plaintext;
  }

  /**
   * Opens a token that holds text.
   *
   * @throws EncryptionError as `decrypt` does, and `ENC_TEXT_ILL_FORMED` when the plaintext is not UTF-8
   * @example
   * const iban = encryption.decryptToString(row.iban);
   */
  decryptToString(token: string, options?: Where & OpenOptions): string {
    return plaintextText(this.decrypt(token, options));
  }

  /**
   * Opens a token that holds JSON, and has a schema check it.
   *
   * @throws EncryptionError as `decryptToString` does, `ENC_JSON_INVALID` for what is no JSON or does not fit,
   * `ENC_SCHEMA_ASYNC` for a schema that answers with a promise. None of them shows the plaintext.
   * @example
   * const state = encryption.decryptJson(token, { schema: z.object({ step: z.int() }), ttlSeconds: 600 });
   */
  decryptJson<Output>(token: string, options: Where & OpenOptions & SchemaOptions<Output>): Output {
    const { plaintext } = this.core.open(this.opening(options, 'schema'), token, 'token');
    return parseJsonPlaintext(plaintextText(plaintext), options.schema);
  }

  /**
   * Does as `encrypt`, in slices of 192 KiB, between which the event loop runs: for what is longer than about
   * a mebibyte. Bytes must not be changed before the promise settles.
   *
   * @throws TypeError when their memory is transferred to another thread meanwhile
   * @throws the signal's reason when it aborts
   */
  async encryptAsync(data: string | Uint8Array, options?: Where & AbortOptions): Promise<string> {
    return this.core.encryptAsync(this.chosen(options, 'signal'), data);
  }

  /**
   * Does as `decrypt`, in slices, between which the event loop runs. Nothing is decrypted before the MAC over
   * all of the token held.
   *
   * @throws the signal's reason when it aborts
   */
  async decryptAsync(token: string, options?: Where & OpenOptions & AbortOptions): Promise<Buffer> {
    return this.core.decryptAsync(this.opening(options, 'signal'), token);
  }

  /** @internal */
  protected chosen(
    options: (Where & OpenOptions & AbortOptions) | undefined,
    ...others: readonly string[]
  ): DecryptOptions & AbortOptions {
    const given: DecryptOptions & AbortOptions = options ?? {};
    refuseUnknown(given, [...this.#choices, ...others], 'the call');
    return { ...given, ...this.#fixed };
  }

  /** @internal */
  protected opening(
    options: (Where & OpenOptions & AbortOptions) | undefined,
    ...others: readonly string[]
  ): DecryptOptions & AbortOptions {
    return this.chosen(options, ...OPEN_OPTIONS, ...others);
  }
}
