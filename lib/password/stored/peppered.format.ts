import { createHmac, type KeyObject } from 'node:crypto';
import { decodeUnpaddedBase64, encodeUnpaddedBase64 } from '../../common/encoding.js';
import type { PasswordText } from '../password-text.js';
import { BCRYPT_SHA256_FORMAT } from './bcrypt-sha256.format.js';
import { BCRYPT_FORMAT } from './bcrypt.format.js';
import { PBKDF2_FORMAT } from './pbkdf2.format.js';
import { SCRYPT_FORMAT } from './scrypt.format.js';
import type { StoredFormat } from './stored-hash.js';

const BEGINNING = '$pepper$';
const FORM = /^\$pepper\$v=1,keyid=([A-Za-z0-9+/]{11})(\$.+)$/;
const INNER = [BCRYPT_FORMAT, BCRYPT_SHA256_FORMAT, SCRYPT_FORMAT, PBKDF2_FORMAT];

/**
 * A hash, of a scheme that knows no pepper by itself, of a peppered password:
 * `$pepper$v=1,keyid=<8 bytes>$2b$12$…`. What is hashed is base64(HMAC-SHA-384(pepper, password)), 64
 * characters.
 */
export const PEPPERED_FORMAT: StoredFormat = {
  claims: (stored) => stored.startsWith(BEGINNING),
  read(stored, rules) {
    const [, keyIdText = '', inner = ''] = FORM.exec(stored) ?? [];
    const pepperId = decodeUnpaddedBase64(keyIdText);
    const format = INNER.find((each) => each.claims(inner));
    if (!pepperId || pepperId.length === 0 || !format) return 'malformed';
    const hash = format.read(inner, rules);
    if (typeof hash === 'string') return hash;
    return {
      ...hash,
      pepperId,
      cuts: () => false,
      compute(password, pepper) {
        if (!pepper) throw new TypeError('a peppered hash is computed with its pepper');
        return hash.compute(pepperedText(password, pepper));
      },
    };
  },
};

/** Puts the name of the pepper before a hash that was made of {@link pepperedText}; of no pepper, nothing. */
export function formatPeppered(pepperId: Buffer | undefined, inner: string): string {
  if (!pepperId) return inner;
  return `${BEGINNING}v=1,keyid=${encodeUnpaddedBase64(pepperId)}${inner}`;
}

/** What a pepper makes of a password: short enough for bcrypt, and without a zero byte. */
export function pepperedText({ bytes }: PasswordText, pepper: KeyObject): PasswordText {
  const text = createHmac('sha384', pepper).update(bytes).digest('base64');
  return { text, bytes: Buffer.from(text, 'ascii') };
}
