import { decodeHex } from '../../common/encoding.js';
import { pbkdf2Hash } from './pbkdf2-hash.js';
import type { StoredFormat } from './stored-hash.js';

const PREFIX = 'grub.pbkdf2.sha512.';
const FORM = /^grub\.pbkdf2\.sha512\.([1-9][0-9]{0,9})\.([0-9A-Fa-f]+)\.([0-9A-Fa-f]+)$/;
const DIGEST_BYTES = { min: 16, max: 128 };

/** What `grub-mkpasswd-pbkdf2` writes: iterations, salt and PBKDF2-HMAC-SHA512 digest, the latter two in hexadecimal. */
export const GRUB_FORMAT: StoredFormat = {
  claims: (stored) => stored.startsWith(PREFIX),
  read(stored, ceilings) {
    const [, iterationsText, saltText = '', digestText = ''] = FORM.exec(stored) ?? [];
    const [salt, digest] = [decodeHex(saltText), decodeHex(digestText)];
    if (!salt || !digest) return 'malformed';
    if (digest.length < DIGEST_BYTES.min || digest.length > DIGEST_BYTES.max) return 'malformed';
    const isCanonical = stored.slice(PREFIX.length) === stored.slice(PREFIX.length).toUpperCase();
    const iterations = Number(iterationsText);
    return pbkdf2Hash(
      { format: 'grub', hash: 'sha512', iterations, salt, digest, isCanonical },
      ceilings,
    );
  },
};
