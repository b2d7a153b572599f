import { createHmac, type KeyObject } from 'node:crypto';

const LABEL = 'nestjs-security/key-id/v1';
const CHARACTERS = 8;

/** A public name made from a key: the first 8 base64url characters of HMAC-SHA256(key, label). */
export function derivedKeyId(key: KeyObject): string {
  return createHmac('sha256', key).update(LABEL).digest('base64url').slice(0, CHARACTERS);
}
