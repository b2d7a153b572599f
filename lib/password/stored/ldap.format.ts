import { hash as digestOf } from 'node:crypto';
import { decodeBase64 } from '../../common/encoding.js';
import { saltedDigest } from './salted-digest.js';
import type { StoredFormat } from './stored-hash.js';

const PARTS = /^\{(SMD5|SSHA|SSHA256|SSHA512)\}(.*)$/is;
/** The hash behind each name, and how many bytes it gives; what follows them is the salt. */
const SCHEMES: ReadonlyMap<string, readonly [hash: string, bytes: number]> = new Map([
  ['SMD5', ['md5', 16]],
  ['SSHA', ['sha1', 20]],
  ['SSHA256', ['sha256', 32]],
  ['SSHA512', ['sha512', 64]],
]);
const SALT_BYTES = { min: 4, max: 64 };

/**
 * What directory servers write for a salted digest: `{SSHA}`, `{SSHA256}`, `{SSHA512}` or `{SMD5}`, in either
 * case, and the base64 of the digest of password and salt, followed by the salt.
 */
export const LDAP_FORMAT: StoredFormat = {
  claims: (stored) => PARTS.test(stored),
  read(stored) {
    const [, name = '', rest = ''] = PARTS.exec(stored) ?? [];
    const [hash, digestBytes] = SCHEMES.get(name.toUpperCase()) ?? ['', 0];
    const bytes = decodeBase64(rest);
    const saltBytes = (bytes?.length ?? 0) - digestBytes;
    if (!bytes || saltBytes < SALT_BYTES.min || saltBytes > SALT_BYTES.max) return 'malformed';
    const [digest, salt] = [bytes.subarray(0, digestBytes), bytes.subarray(digestBytes)];
    return saltedDigest({
      format: 'ldap',
      salt,
      digest,
      isCanonical: name === name.toUpperCase(),
      digestOf: (password) => digestOf(hash, Buffer.concat([password, salt]), 'buffer'),
    });
  },
};
