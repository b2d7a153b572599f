import { types } from 'node:util';

/**
 * Whether a value is bytes, or text whose UTF-8 can be taken: with a lone surrogate it becomes U+FFFD, so that
 * different texts would give the same bytes.
 */
export function isTextOrBytes(value: unknown): value is string | Uint8Array {
  return typeof value === 'string' ? value.isWellFormed() : types.isUint8Array(value);
}
