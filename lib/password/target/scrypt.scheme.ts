import { randomBytes } from 'node:crypto';
import { computeScrypt } from '../../key-derivation/scrypt.js';
import { formatPeppered, pepperedText } from '../stored/peppered.format.js';
import { formatScrypt } from '../stored/scrypt.format.js';
import { parameter, type CreatingScheme, type HashParameters } from './creating-scheme.js';

const SALT_BYTES = 16;
const DIGEST_BYTES = 32;

/** scrypt (RFC 7914), in the form of Python's passlib. Compared as Argon2 is: memory times time. */
export const SCRYPT_SCHEME: CreatingScheme = {
  digestBytes: DIGEST_BYTES,
  floor: { N: 2 ** 14, r: 8, p: 1 },
  rank: 3,
  strength(parameters) {
    const { N, r, p } = scryptNumbers(parameters);
    return (N * r) ** 2 * p;
  },
  memoryKiB(parameters) {
    const { N, r, p } = scryptNumbers(parameters);
    return Math.ceil((128 * r * (N + p)) / 1024);
  },
  scaled(parameters, share) {
    const { N } = scryptNumbers(parameters);
    return { ...parameters, N: Math.max(2, 2 ** Math.round(Math.log2(N * share))) };
  },
  async create(password, { parameters, pepper }) {
    const numbers = scryptNumbers(parameters);
    const salt = randomBytes(SALT_BYTES);
    const { bytes } = pepper ? pepperedText(password, pepper.key) : password;
    const digest = await computeScrypt(bytes, salt, numbers, DIGEST_BYTES);
    const text = formatScrypt({ ...numbers, salt, digest });
    return pepper ? formatPeppered(pepper.id, text) : text;
  },
};

function scryptNumbers(parameters: HashParameters) {
  return {
    N: parameter(parameters, 'N'),
    r: parameter(parameters, 'r'),
    p: parameter(parameters, 'p'),
  };
}
