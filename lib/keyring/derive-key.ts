import { createHash, hkdfSync, type KeyObject } from 'node:crypto';
import { lengthPrefixed } from '../common/length-prefixed.js';
import type { KeyPurpose } from './purpose.js';

const DERIVED_KEY_BYTES = 32;

/**
 * Derives the key of a purpose from a ring key: HKDF-SHA256 (RFC 5869) with an empty salt, 32 bytes, and
 * info = ASCII `nestjs-security/v1/<purpose>` || 0x00 || SHA-256(length-prefixed parts). `docs/keys.md`
 * re-derives it in five lines of Python.
 *
 * @param parts names within the purpose, such as a token's purpose or an encryption context; hashed,
 * since Node refuses an info of more than 1,024 bytes
 * @throws TypeError for a part that is no well-formed string
 */
export function deriveKey(
  inputKey: KeyObject,
  purpose: KeyPurpose,
  parts: readonly string[] = [],
): Buffer {
  return deriveWithInfo(inputKey, derivationInfo(purpose, parts));
}

/**
 * The `info` of {@link deriveKey}, for deriving from many keys.
 *
 * @throws TypeError for a part that is no well-formed string
 */
export function derivationInfo(purpose: KeyPurpose, parts: readonly string[]): Buffer {
  const label = Buffer.from(`nestjs-security/v1/${purpose}\0`, 'ascii');
  const context = createHash('sha256').update(lengthPrefixed(parts)).digest();
  return Buffer.concat([label, context]);
}

/** {@link deriveKey} with its `info` at hand. */
export function deriveWithInfo(inputKey: KeyObject, info: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', inputKey, Buffer.alloc(0), info, DERIVED_KEY_BYTES));
}
