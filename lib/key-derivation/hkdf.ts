import { hkdf, KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { REDACTED, Secret } from '../common/secret.js';
import { KeyDerivationError } from '../errors/key-derivation.error.js';

/** What HKDF can start from: a key, bytes, or text of which the UTF-8 is taken as it is. */
export type InputKey = KeyObject | string | Uint8Array | Secret<string | Uint8Array>;

/** What else decides which key HKDF gives. */
export interface HkdfOptions {
  /**
   * Public random bytes, or text of which the UTF-8 is taken; 1024 bytes at most.
   *
   * @default empty
   */
  readonly salt?: string | Uint8Array;
  /**
   * What the key is for, so that each use gets a key of its own; 1024 bytes at most.
   *
   * @default empty
   */
  readonly info?: string | Uint8Array;
  /**
   * The length of the key in bytes, 1 to 255 times that of the hash.
   *
   * @default 32
   */
  readonly length?: number;
  /**
   * The hash of the HMAC within: `sha256`, `sha384` or `sha512`.
   *
   * @default 'sha256'
   */
  readonly hash?: keyof typeof HASH_BYTES;
}

const HASH_BYTES = Object.freeze({ sha256: 32, sha384: 48, sha512: 64 });
const MAX_BLOCKS = 255;
/** Node refuses a longer info. */
const MAX_LABEL_BYTES = 1024;

const derive = promisify(hkdf);

/**
 * Computes HKDF (RFC 5869), extract and expand, off the event loop.
 *
 * @throws TypeError when the input is no key, text or bytes
 * @throws KeyDerivationError `KDF_ALGORITHM_UNKNOWN`, `KDF_INFO_INVALID`, `KDF_LENGTH_INVALID`,
 * `KDF_PASSPHRASE_UNUSABLE` for an empty or ill-formed input or the text `[redacted]`, `KDF_SALT_INVALID`
 */
export async function computeHkdf(input: InputKey, options: HkdfOptions = {}): Promise<Buffer> {
  const { hash = 'sha256', length = 32, salt = '', info = '' } = options;
  if (!Object.hasOwn(HASH_BYTES, hash)) {
    const message = `hash must be one of ${Object.keys(HASH_BYTES).join(', ')}`;
    throw new KeyDerivationError('KDF_ALGORITHM_UNKNOWN', message);
  }
  const maxLength = MAX_BLOCKS * HASH_BYTES[hash];
  if (!Number.isInteger(length) || length < 1 || length > maxLength) {
    const message = `length must be a whole number of bytes from 1 to ${maxLength} with ${hash}`;
    throw new KeyDerivationError('KDF_LENGTH_INVALID', message);
  }
  const [saltBytes, label] = [labelBytes(salt), labelBytes(info)];
  const limits = `must be text or bytes, ${MAX_LABEL_BYTES} at most`;
  if (!saltBytes) throw new KeyDerivationError('KDF_SALT_INVALID', `salt ${limits}`);
  if (!label) throw new KeyDerivationError('KDF_INFO_INVALID', `info ${limits}`);
  return Buffer.from(await derive(hash, inputKey(input), saltBytes, label, length));
}

function inputKey(input: InputKey): KeyObject | Buffer {
  const key = keyOrBytes(input instanceof Secret ? input.reveal() : input);
  const size = key instanceof KeyObject ? key.symmetricKeySize : key?.length;
  if (key !== undefined && size !== 0) return key;
  const message = 'the input of hkdf must not be empty, "[redacted]" or have a lone surrogate';
  throw new KeyDerivationError('KDF_PASSPHRASE_UNUSABLE', message, { status: 400 });
}

function keyOrBytes(value: unknown): KeyObject | Buffer | undefined {
  if (value instanceof KeyObject && value.type === 'secret') return value;
  if (value === REDACTED) return undefined;
  if (typeof value === 'string' || value instanceof Uint8Array) return textBytes(value);
  throw new TypeError('the input of hkdf must be a secret key, a string, bytes or a Secret of one');
}

function labelBytes(label: unknown): Buffer | undefined {
  if (typeof label !== 'string' && !(label instanceof Uint8Array)) return undefined;
  const bytes = textBytes(label);
  return bytes !== undefined && bytes.length <= MAX_LABEL_BYTES ? bytes : undefined;
}

/** UTF-8 of a text, not normalised, or a copy of bytes; `undefined` for a text with a lone surrogate. */
function textBytes(value: string | Uint8Array): Buffer | undefined {
  if (typeof value !== 'string') return Buffer.from(value);
  return value.isWellFormed() ? Buffer.from(value, 'utf8') : undefined;
}
