import { hash as digestOf } from 'node:crypto';
import { decodeBase64, decodeHex } from '../../common/encoding.js';
import type { PasswordText } from '../password-text.js';
import { ARGON2_FORMAT } from './argon2.format.js';
import { bcryptHash, parseBcrypt, type BcryptUse } from './bcrypt.format.js';
import { inFormat } from './in-format.js';
import { PBKDF2_BLOCK_BYTES, pbkdf2Hash } from './pbkdf2-hash.js';
import { saltedDigest } from './salted-digest.js';
import { scryptHash } from './scrypt-hash.js';
import type { ReadingRules, StoredFormat, StoredHash, StoredProblem } from './stored-hash.js';

const PARTS = /^([a-z0-9_]+)\$(.*)$/s;
// A salt may be any text that the application chose; Django itself writes letters and digits.
const PBKDF2 = /^([1-9][0-9]{0,9})\$([!-#%-~]+)\$([A-Za-z0-9+/]+=?)$/;
const SCRYPT =
  /^([1-9][0-9]{0,9})\$([!-#%-~]+)\$([1-9][0-9]{0,9})\$([1-9][0-9]{0,9})\$([A-Za-z0-9+/]+=*)$/;
const DIGEST = /^([!-#%-~]*)\$([0-9a-f]+)$/;
const SCRYPT_DIGEST_BYTES = 64;
const DIGEST_BYTES = { md5: 16, sha1: 20 } as const;

type Reader = (rest: string, rules: ReadingRules) => StoredHash | StoredProblem;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['pbkdf2_sha256', (rest, rules) => readPbkdf2('sha256', rest, rules)],
  ['pbkdf2_sha1', (rest, rules) => readPbkdf2('sha1', rest, rules)],
  ['argon2', (rest, rules) => inFormat('django', ARGON2_FORMAT.read(`$${rest}`, rules))],
  ['bcrypt', (rest, rules) => readBcrypt({ format: 'django', scheme: 'bcrypt' }, rest, rules)],
  ['bcrypt_sha256', (rest, rules) => readBcrypt(BCRYPT_SHA256, rest, rules)],
  ['scrypt', readScrypt],
  ['md5', (rest) => readDigest('md5', rest)],
  ['sha1', (rest) => readDigest('sha1', rest)],
]);

const BCRYPT_SHA256: BcryptUse = {
  format: 'django',
  scheme: 'bcrypt-sha256',
  prepare: ({ bytes }: PasswordText) => Buffer.from(digestOf('sha256', bytes, 'hex')),
};

/**
 * What Django's hashers write: `<name>$` and then what each adds, with the salt as text. Without a salt, as
 * `md5$$` has none, a hash is not verified.
 */
export const DJANGO_FORMAT: StoredFormat = {
  claims: (stored) => READERS.has(nameAndRest(stored)[0]),
  read(stored, rules) {
    const [name, rest] = nameAndRest(stored);
    return READERS.get(name)?.(rest, rules) ?? 'malformed';
  },
};

function nameAndRest(stored: string): [name: string, rest: string] {
  const [, name = '', rest = ''] = PARTS.exec(stored) ?? [];
  return [name, rest];
}

function readPbkdf2(
  hash: 'sha1' | 'sha256',
  rest: string,
  rules: ReadingRules,
): StoredHash | StoredProblem {
  const [, iterations, salt = '', digestText = ''] = PBKDF2.exec(rest) ?? [];
  const digest = decodeBase64(digestText);
  if (digest?.length !== PBKDF2_BLOCK_BYTES[hash]) return 'malformed';
  return pbkdf2Hash(
    { format: 'django', hash, iterations: Number(iterations), salt: Buffer.from(salt), digest },
    rules,
  );
}

/** The rest begins with the `$` of the bcrypt text. */
function readBcrypt(use: BcryptUse, rest: string, rules: ReadingRules): StoredHash | StoredProblem {
  const parts = parseBcrypt(rest);
  return parts ? bcryptHash(parts, rules, use) : 'malformed';
}

function readScrypt(rest: string, rules: ReadingRules): StoredHash | StoredProblem {
  const [, N, salt = '', r, p, digestText = ''] = SCRYPT.exec(rest) ?? [];
  const digest = decodeBase64(digestText);
  if (digest?.length !== SCRYPT_DIGEST_BYTES) return 'malformed';
  return scryptHash(
    { format: 'django', N: Number(N), r: Number(r), p: Number(p), salt: Buffer.from(salt), digest },
    rules,
  );
}

function readDigest(hash: 'md5' | 'sha1', rest: string): StoredHash | StoredProblem {
  const [, saltText = '', digestText = ''] = DIGEST.exec(rest) ?? [];
  const digest = decodeHex(digestText);
  if (digest?.length !== DIGEST_BYTES[hash]) return 'malformed';
  if (saltText === '') return 'unsupported';
  const salt = Buffer.from(saltText);
  return saltedDigest({
    format: 'django',
    salt,
    digest,
    digestOf: (password) => digestOf(hash, Buffer.concat([salt, password]), 'buffer'),
  });
}
