import { createHmac } from 'node:crypto';
import { decodeHex } from '../../common/encoding.js';
import { PBKDF2_BLOCK_BYTES, pbkdf2Hash } from './pbkdf2-hash.js';
import type { PasswordCeilings } from '../password-ceilings.js';
import { saltedDigest } from './salted-digest.js';
import { scryptHash } from './scrypt-hash.js';
import type { StoredFormat, StoredHash, StoredProblem } from './stored-hash.js';

const BEGINNING = /^(pbkdf2:|scrypt:|sha256\$|sha512\$)/;
const PBKDF2 = /^pbkdf2:(sha1|sha256|sha512):([1-9][0-9]{0,9})\$([!-#%-~]+)\$([0-9a-f]+)$/;
const SCRYPT =
  /^scrypt:([1-9][0-9]{0,9}):([1-9][0-9]{0,9}):([1-9][0-9]{0,9})\$([!-#%-~]+)\$([0-9a-f]+)$/;
const HMAC = /^(sha256|sha512)\$([!-#%-~]+)\$([0-9a-f]+)$/;
const SCRYPT_DIGEST_BYTES = 64;

/**
 * What Werkzeug (Flask) writes: `<method>$<salt>$<hex>`, where the method is `pbkdf2:<hash>:<iterations>`,
 * `scrypt:<N>:<r>:<p>`, or, before version 2.3, the bare name of a hash for an HMAC whose key is the salt.
 * The same with SHA-1 or MD5 looks like a hash of Django, and is read as one.
 */
export const WERKZEUG_FORMAT: StoredFormat = {
  claims: (stored) => BEGINNING.test(stored),
  read(stored, ceilings) {
    if (stored.startsWith('pbkdf2:')) return readPbkdf2(stored, ceilings);
    if (stored.startsWith('scrypt:')) return readScrypt(stored, ceilings);
    return readHmac(stored);
  },
};

function readPbkdf2(stored: string, ceilings: PasswordCeilings): StoredHash | StoredProblem {
  const [, name, iterations, salt = '', digestText = ''] = PBKDF2.exec(stored) ?? [];
  const digest = decodeHex(digestText);
  const hash = name === 'sha1' || name === 'sha256' ? name : 'sha512';
  if (digest?.length !== PBKDF2_BLOCK_BYTES[hash]) return 'malformed';
  return pbkdf2Hash(
    { format: 'werkzeug', hash, iterations: Number(iterations), salt: Buffer.from(salt), digest },
    ceilings,
  );
}

function readScrypt(stored: string, ceilings: PasswordCeilings): StoredHash | StoredProblem {
  const [, N, r, p, saltText = '', digestText = ''] = SCRYPT.exec(stored) ?? [];
  const digest = decodeHex(digestText);
  if (digest?.length !== SCRYPT_DIGEST_BYTES) return 'malformed';
  const salt = Buffer.from(saltText);
  return scryptHash(
    { format: 'werkzeug', N: Number(N), r: Number(r), p: Number(p), salt, digest },
    ceilings,
  );
}

function readHmac(stored: string): StoredHash | StoredProblem {
  const [, name, saltText = '', digestText = ''] = HMAC.exec(stored) ?? [];
  const digest = decodeHex(digestText);
  const hash = name === 'sha256' ? name : 'sha512';
  if (digest?.length !== PBKDF2_BLOCK_BYTES[hash]) return 'malformed';
  const salt = Buffer.from(saltText);
  return saltedDigest({
    format: 'werkzeug',
    salt,
    digest,
    digestOf: (password) => createHmac(hash, salt).update(password).digest(),
  });
}
