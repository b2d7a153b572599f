import { isUtf8 } from 'node:buffer';
import { inflateSync } from 'node:zlib';
import { decodeBase64Url } from '../../common/encoding.js';

const MAX_INFLATED = 64 * 1024;

/** A value read from JSON. */
export interface ForeignPayload {
  readonly value: unknown;
}

/**
 * Reads what the serializers of itsdangerous and Django write: base64url of JSON or, behind a dot, of JSON that
 * zlib compressed. Only for text whose MAC held.
 *
 * @returns `undefined` for anything else, and for more than 64 KiB
 */
export function parseForeignPayload(text: string): ForeignPayload | undefined {
  const isCompressed = text.startsWith('.');
  const bytes = decodeBase64Url(isCompressed ? text.slice(1) : text);
  if (!bytes) return undefined;
  try {
    const json = isCompressed ? inflateSync(bytes, { maxOutputLength: MAX_INFLATED }) : bytes;
    return isUtf8(json) ? { value: JSON.parse(json.toString('utf8')) as unknown } : undefined;
  } catch {
    return undefined;
  }
}
