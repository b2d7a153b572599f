import type { KeyObject } from 'node:crypto';
import { types } from 'node:util';
import { REDACTED, Secret } from '../../common/secret.js';
import type { RawMacKey } from './compute-mac.js';
import { isTextOrBytes } from './text-or-bytes.js';

/**
 * A key of your own, 16 bytes or more: bytes, a secret `KeyObject`, or text, of which the UTF-8 is the key, as
 * webhook providers and Python's `secret.encode()` have it. Text is never decoded: give
 * `Buffer.from(text, 'hex')` where the key is what its digits stand for.
 */
export type MacKey = string | Uint8Array | KeyObject | Secret<string | Uint8Array>;

/** The keys of a call, the one that signs first. */
export type RawMacKeys = readonly [signing: RawMacKey, ...others: RawMacKey[]];

const MIN_BYTES = 16;
const MAX_KEYS = 16;

/**
 * The keys that a call was given, the one that signs first.
 *
 * @throws TypeError for none, more than 16, or one that is of another type, shorter than 16 bytes, the text
 * `[redacted]`, ill-formed, or has white space at its ends
 */
export function macKeysOf(keys: MacKey | readonly MacKey[]): RawMacKeys {
  return checkKeys(keys, checkOwnKey);
}

/**
 * The keys of another program, for reading what it signed. It chose them, so short ones are taken.
 *
 * @throws TypeError for none, more than 16, or one that is of another type, empty, ill-formed, or the text
 * `[redacted]`
 */
export function foreignKeysOf(keys: MacKey | readonly MacKey[]): RawMacKeys {
  return checkKeys(keys, checkType);
}

function checkKeys(
  keys: MacKey | readonly MacKey[],
  check: (key: MacKey) => RawMacKey,
): RawMacKeys {
  if (!isList(keys)) return [check(keys)];
  const [first, ...others] = keys;
  if (first === undefined || others.length >= MAX_KEYS) {
    throw new TypeError(`key must be a key, or a list of 1 to ${MAX_KEYS}`);
  }
  return [check(first), ...others.map(check)];
}

function isList(keys: MacKey | readonly MacKey[]): keys is readonly MacKey[] {
  return Array.isArray(keys);
}

function checkOwnKey(key: MacKey): RawMacKey {
  const value = checkType(key);
  if (sizeOf(value) < MIN_BYTES) throw unfit(`must have at least ${MIN_BYTES} bytes`);
  if (typeof value === 'string' && value.trim() !== value) {
    throw unfit(
      'must not begin or end with white space: was it read from a file with its line end?',
    );
  }
  return value;
}

function checkType(key: MacKey): RawMacKey {
  const value: unknown = key instanceof Secret ? key.reveal() : key;
  if (types.isKeyObject(value)) {
    if (value.type !== 'secret') throw unfit('must be a secret one when it is a KeyObject');
    return value;
  }
  if (value === REDACTED) throw unfit('is the text "[redacted]": it was printed and read back');
  if (isTextOrBytes(value) && value.length > 0) return value;
  throw unfit(
    'must be well-formed text, bytes, a KeyObject, or a Secret of text or bytes, not empty',
  );
}

function sizeOf(key: RawMacKey): number {
  if (typeof key === 'string') return Buffer.byteLength(key, 'utf8');
  return types.isKeyObject(key) ? (key.symmetricKeySize ?? 0) : key.byteLength;
}

function unfit(problem: string): TypeError {
  return new TypeError(`the key ${problem}`);
}
