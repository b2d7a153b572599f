import type { EncryptOptions, OpenOptions, SchemaOptions } from './call-options.js';
import { parseJsonPlaintext } from './json-plaintext.js';
import { plaintextText } from './plaintext.js';
import { formatSealed, parseSealed } from './sealed.js';
import { TokenVerbs } from './token-verbs.js';

/** What {@link EncryptionVerbs.decryptDetailed} tells of a genuine token. */
export interface DecryptedToken {
  /** What was encrypted. */
  readonly plaintext: Buffer;
  /** The key that made the token. */
  readonly keyId: string;
  /** When it was made, in seconds since the Unix epoch; beyond 2^53 the nearest number. */
  readonly createdAt: number;
  /** Whether another key than the primary made it. */
  readonly needsRotation: boolean;
}

/**
 * All verbs, those for the stored form `f1.<key id>.<token>` included: a column that has it can be counted by
 * key, and each value is tried with the one key that it names. `Where` is what a call may still choose of ring
 * and context.
 */
export abstract class EncryptionVerbs<Where extends EncryptOptions> extends TokenVerbs<Where> {
  /**
   * Encrypts as `encrypt` does, into the form for storing.
   *
   * @returns `f1.<key id>.<token>`: without its prefix, a Fernet token
   * @throws what `encrypt` throws
   * @example
   * user.iban = encryption.seal(iban, { context: ['users.iban', user.id] });
   */
  seal(data: string | Uint8Array, options?: Where): string {
    return formatSealed(this.core.encrypt(this.chosen(options), data));
  }

  /**
   * Opens what `seal` gave, with the key that it names and no other.
   *
   * @param stored anything at all
   * @throws EncryptionError `ENC_TOKEN_INVALID` for whatever is not genuine, a bare token and one of an unknown
   * or revoked key included; otherwise what `decrypt` throws
   */
  open(stored: string, options?: Where & OpenOptions): Buffer {
    return this.core.open(this.opening(options), stored, 'sealed').plaintext;
  }

  /**
   * Opens what `seal` gave, as text.
   *
   * @throws what `open` throws, and EncryptionError `ENC_TEXT_ILL_FORMED` when the plaintext is not UTF-8
   */
  openToString(stored: string, options?: Where & OpenOptions): string {
    return plaintextText(this.open(stored, options));
  }

  /**
   * Opens what `seal` gave, as JSON that a schema checks.
   *
   * @throws what `openToString` throws, and EncryptionError `ENC_JSON_INVALID` or `ENC_SCHEMA_ASYNC` as
   * `decryptJson` does
   */
  openJson<Output>(stored: string, options: Where & OpenOptions & SchemaOptions<Output>): Output {
    const { plaintext } = this.core.open(this.opening(options, 'schema'), stored, 'sealed');
    return parseJsonPlaintext(plaintextText(plaintext), options.schema);
  }

  /**
   * Opens a token or a stored form, and tells which key made it and when.
   *
   * @throws what `decrypt` throws
   */
  decryptDetailed(value: string, options?: Where & OpenOptions): DecryptedToken {
    const opened = this.core.open(this.opening(options), value, 'either');
    return {
      plaintext: opened.plaintext,
      keyId: opened.key.id,
      createdAt: Number(opened.timestamp),
      needsRotation: opened.key.id !== opened.among.primary.id,
    };
  }

  /**
   * The time of a token or a stored form, once its MAC held; nothing is decrypted.
   *
   * @returns seconds since the Unix epoch; beyond 2^53 the nearest number
   * @throws EncryptionError `ENC_TOKEN_INVALID`, `ENC_CONTEXT_INVALID`
   */
  extractTimestamp(value: string, options?: Where & Pick<OpenOptions, 'allowRevokedKey'>): number {
    return Number(this.core.verify(this.chosen(options, 'allowRevokedKey'), value).timestamp);
  }

  /**
   * Encrypts anew under the primary key what a token or a stored form holds, with a new IV and the old time. A
   * stored form gives one. Opens what a revoked key made, too.
   *
   * @throws EncryptionError `ENC_TOKEN_INVALID`, `ENC_CONTEXT_INVALID`
   * @example
   * row.iban = encryption.rotate(row.iban, { context: ['users.iban', row.id] });
   */
  rotate(value: string, options?: Where): string {
    const choice = this.chosen(options);
    const { plaintext, timestamp } = this.core.open(
      { ...choice, allowRevokedKey: true },
      value,
      'either',
    );
    const rotated = this.core.encrypt(choice, plaintext, timestamp);
    return parseSealed(value) ? formatSealed(rotated) : rotated.token;
  }

  /**
   * Whether another key than the primary made a token or a stored form, a revoked one included. Verifies the
   * MAC; nothing is decrypted.
   *
   * @throws EncryptionError `ENC_TOKEN_INVALID`, `ENC_CONTEXT_INVALID`
   */
  needsRotation(value: string, options?: Where): boolean {
    const choice = { ...this.chosen(options), allowRevokedKey: true };
    const { key, among } = this.core.verify(choice, value);
    return key.id !== among.primary.id;
  }
}
