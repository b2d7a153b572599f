import { hash as digestOf } from 'node:crypto';
import { decodeBase64, decodeHex } from '../../common/encoding.js';
import { ARGON2_FORMAT } from './argon2.format.js';
import { bcryptHash, parseBcrypt } from './bcrypt.format.js';
import { inFormat } from './in-format.js';
import { pbkdf2Hash } from './pbkdf2-hash.js';
import { saltedDigest } from './salted-digest.js';
import { scryptHash } from './scrypt-hash.js';
import type { ReadingRules, StoredFormat, StoredHash, StoredProblem } from './stored-hash.js';

const PARTS = /^\{([A-Za-z0-9@_]+)\}(.*)$/s;
const SCRYPT = /^\$([1-9a-f][0-9a-f]{0,7})\$([A-Za-z0-9+/]+=*)\$([A-Za-z0-9+/]+=*)$/;
const DIGEST_BYTES = 32;
/** What `{pbkdf2}` stands for; it does not say so itself. */
const PBKDF2_5_5 = { hash: 'sha1', iterations: 185_000, saltBytes: 8 } as const;
const PBKDF2_5_8 = { hash: 'sha256', iterations: 310_000, saltBytes: 16 } as const;
const STANDARD = { iterations: 1024, saltBytes: 8 } as const;

type Pbkdf2Settings = typeof PBKDF2_5_5 | typeof PBKDF2_5_8;
type Reader = (rest: string, rules: ReadingRules) => StoredHash | StoredProblem;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['bcrypt', readBcrypt],
  ['argon2', readArgon2],
  ['argon2@SpringSecurity_v5_2', readArgon2],
  ['argon2@SpringSecurity_v5_8', readArgon2],
  ['pbkdf2', (rest, rules) => readPbkdf2(PBKDF2_5_5, rest, rules)],
  ['pbkdf2@SpringSecurity_v5_5', (rest, rules) => readPbkdf2(PBKDF2_5_5, rest, rules)],
  ['pbkdf2@SpringSecurity_v5_8', (rest, rules) => readPbkdf2(PBKDF2_5_8, rest, rules)],
  ['scrypt', readScrypt],
  ['scrypt@SpringSecurity_v5_8', readScrypt],
  ['sha256', readStandard],
]);

/**
 * What Spring Security's DelegatingPasswordEncoder writes, `{<id>}` before the hash, as its encoders are set
 * unless an application sets them otherwise. Ids that it does not list are not claimed.
 */
export const SPRING_FORMAT: StoredFormat = {
  claims: (stored) => READERS.has(idAndRest(stored)[0]),
  read(stored, rules) {
    const [id, rest] = idAndRest(stored);
    return READERS.get(id)?.(rest, rules) ?? 'malformed';
  },
};

function idAndRest(stored: string): [id: string, rest: string] {
  const [, id = '', rest = ''] = PARTS.exec(stored) ?? [];
  return [id, rest];
}

function readBcrypt(rest: string, rules: ReadingRules): StoredHash | StoredProblem {
  const parts = parseBcrypt(rest);
  return parts ? bcryptHash(parts, rules, { format: 'spring', scheme: 'bcrypt' }) : 'malformed';
}

function readArgon2(rest: string, rules: ReadingRules): StoredHash | StoredProblem {
  return ARGON2_FORMAT.claims(rest)
    ? inFormat('spring', ARGON2_FORMAT.read(rest, rules))
    : 'malformed';
}

function readPbkdf2(
  { hash, iterations, saltBytes }: Pbkdf2Settings,
  rest: string,
  rules: ReadingRules,
): StoredHash | StoredProblem {
  const bytes = decodeHex(rest);
  if (bytes?.length !== saltBytes + DIGEST_BYTES) return 'malformed';
  const [salt, digest] = [bytes.subarray(0, saltBytes), bytes.subarray(saltBytes)];
  return pbkdf2Hash({ format: 'spring', hash, iterations, salt, digest }, rules);
}

/** One hexadecimal number holds the three figures: the logarithm of N, and a byte each for r and p. */
function readScrypt(rest: string, rules: ReadingRules): StoredHash | StoredProblem {
  const [, figures = '', saltText = '', digestText = ''] = SCRYPT.exec(rest) ?? [];
  const [salt, digest] = [decodeBase64(saltText), decodeBase64(digestText)];
  if (!salt || digest?.length !== DIGEST_BYTES) return 'malformed';
  const number = Number.parseInt(figures, 16);
  const [log2N, r, p] = [number >>> 16, (number >>> 8) & 0xff, number & 0xff];
  if (r === 0 || p === 0) return 'malformed';
  return scryptHash({ format: 'spring', N: 2 ** log2N, r, p, salt, digest }, rules);
}

/** StandardPasswordEncoder: SHA-256 over salt and password, and then over its own digest again and again. */
function readStandard(rest: string): StoredHash | StoredProblem {
  const { iterations, saltBytes } = STANDARD;
  const bytes = decodeHex(rest);
  if (bytes?.length !== saltBytes + DIGEST_BYTES) return 'malformed';
  const [salt, digest] = [bytes.subarray(0, saltBytes), bytes.subarray(saltBytes)];
  return saltedDigest({
    format: 'spring',
    salt,
    digest,
    iterations,
    digestOf(password) {
      let value = Buffer.concat([salt, password]);
      for (let count = 0; count < iterations; count += 1)
        value = digestOf('sha256', value, 'buffer');
      return value;
    },
  });
}
