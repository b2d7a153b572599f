import { decodePaddedBase64Url, decodeUnpaddedBase64 } from '../../common/encoding.js';
import type { PasswordCeilings } from '../password-ceilings.js';
import { PBKDF2_BLOCK_BYTES, pbkdf2Hash } from './pbkdf2-hash.js';
import type { StoredFormat, StoredHash, StoredProblem } from './stored-hash.js';

const BEGINNING = /^\$p5k2\$/;
const CTA = /^\$p5k2\$([1-9a-f][0-9a-f]{0,7})\$([A-Za-z0-9_-]*=*)\$([A-Za-z0-9_-]{27}=)$/;
const DLITZ = /^(\$p5k2\$([1-9a-f][0-9a-f]{0,7})?\$[./A-Za-z0-9]+)\$([./A-Za-z0-9]{32})$/;
const DLITZ_DEFAULT_ITERATIONS = 400;

/**
 * The two layouts of PBKDF2-HMAC-SHA1 that share `$p5k2$`, with iterations in hexadecimal: Cryptacular's, with
 * 20 bytes in base64url, and Litzenberger's, with 24 bytes, over a salt that is the text before them.
 */
export const P5K2_FORMAT: StoredFormat = {
  claims: (stored) => BEGINNING.test(stored),
  read: (stored, ceilings) =>
    stored.endsWith('=') ? readCta(stored, ceilings) : readDlitz(stored, ceilings),
};

function readCta(stored: string, ceilings: PasswordCeilings): StoredHash | StoredProblem {
  const [, figure = '', saltText = '', digestText = ''] = CTA.exec(stored) ?? [];
  const [salt, digest] = [decodePaddedBase64Url(saltText), decodePaddedBase64Url(digestText)];
  if (!salt || digest?.length !== PBKDF2_BLOCK_BYTES.sha1) return 'malformed';
  const iterations = Number.parseInt(figure, 16);
  return pbkdf2Hash({ format: 'passlib', hash: 'sha1', iterations, salt, digest }, ceilings);
}

function readDlitz(stored: string, ceilings: PasswordCeilings): StoredHash | StoredProblem {
  const [, saltText = '', figure, digestText = ''] = DLITZ.exec(stored) ?? [];
  const iterations = figure === undefined ? DLITZ_DEFAULT_ITERATIONS : Number.parseInt(figure, 16);
  const digest = decodeUnpaddedBase64(digestText.replaceAll('.', '+'));
  const isSpeltOut = figure !== undefined && iterations === DLITZ_DEFAULT_ITERATIONS;
  if (saltText === '' || !digest || isSpeltOut) return 'malformed';
  const salt = Buffer.from(saltText);
  return pbkdf2Hash({ format: 'passlib', hash: 'sha1', iterations, salt, digest }, ceilings);
}
