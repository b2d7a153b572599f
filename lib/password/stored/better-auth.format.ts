import { decodeHex } from '../../common/encoding.js';
import type { PasswordText } from '../password-text.js';
import { scryptHash } from './scrypt-hash.js';
import type { PasswordFormat, StoredFormat } from './stored-hash.js';

const PARAMETERS = { N: 16_384, r: 16, p: 1 } as const;

/**
 * What better-auth writes, and Lucia 3: `<salt>:<key>`, both in hexadecimal. The text of the salt takes part,
 * not the bytes that its digits stand for.
 */
export const BETTER_AUTH_FORMAT = saltAndKey(
  'better-auth',
  /^[0-9a-f]{32}:/,
  /^([0-9a-f]{32}):([0-9a-f]{128})$/,
);

/** What Lucia 1 and 2 write: `s2:<salt>:<key>`, with a salt of letters and digits, and the key in hexadecimal. */
export const LUCIA_FORMAT = saltAndKey(
  'lucia',
  /^s2:/,
  /^s2:([A-Za-z0-9]{16,64}):([0-9a-f]{128})$/,
);

/** scrypt with N=2^14, r=16, p=1 over the NFKC of the password; none of it is written down. */
function saltAndKey(format: PasswordFormat, beginning: RegExp, form: RegExp): StoredFormat {
  return {
    claims: (stored) => beginning.test(stored),
    read(stored, ceilings) {
      const [, salt, key = ''] = form.exec(stored) ?? [];
      const digest = decodeHex(key);
      if (salt === undefined || !digest) return 'malformed';
      return scryptHash(
        { format, ...PARAMETERS, salt: Buffer.from(salt), digest, prepare: compatibilityBytes },
        ceilings,
      );
    },
  };
}

function compatibilityBytes({ text }: PasswordText): Buffer {
  return Buffer.from(text.normalize('NFKC'), 'utf8');
}
