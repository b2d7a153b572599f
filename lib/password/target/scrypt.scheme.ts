import { computeScrypt } from '../../key-derivation/scrypt.js';
import { formatPeppered, pepperedText } from '../stored/peppered.format.js';
import { formatScrypt } from '../stored/scrypt.format.js';
import { parameter, type CreatingScheme, type HashParameters } from './creating-scheme.js';

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
  compute(password, { parameters, salt, pepper }) {
    const { bytes } = pepper ? pepperedText(password, pepper.key) : password;
    return computeScrypt(bytes, salt, scryptNumbers(parameters), DIGEST_BYTES);
  },
  write({ parameters, salt, pepper }, digest) {
    return formatPeppered(pepper?.id, formatScrypt({ ...scryptNumbers(parameters), salt, digest }));
  },
};

function scryptNumbers(parameters: HashParameters) {
  return {
    N: parameter(parameters, 'N'),
    r: parameter(parameters, 'r'),
    p: parameter(parameters, 'p'),
  };
}
