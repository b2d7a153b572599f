import { computePbkdf2 } from '../../key-derivation/pbkdf2.js';
import { formatPbkdf2 } from '../stored/pbkdf2.format.js';
import { formatPeppered, pepperedText } from '../stored/peppered.format.js';
import { parameter, type CreatingScheme } from './creating-scheme.js';

/** An iteration of HMAC-SHA512 counts as so many of HMAC-SHA256: what OWASP asks of each. */
const WEIGHTS = { sha256: 1, sha512: 600_000 / 210_000 };

/** PBKDF2-HMAC-SHA256 (RFC 8018), in the form of Python's passlib. */
export const PBKDF2_SHA256_SCHEME = pbkdf2Scheme('sha256', 32);

/** PBKDF2-HMAC-SHA512 (RFC 8018), in the form of Python's passlib. */
export const PBKDF2_SHA512_SCHEME = pbkdf2Scheme('sha512', 64);

function pbkdf2Scheme(hash: 'sha256' | 'sha512', digestBytes: number): CreatingScheme {
  return {
    digestBytes,
    floor: { iterations: 100_000 },
    rank: 1,
    strength: (parameters) => parameter(parameters, 'iterations') * WEIGHTS[hash],
    memoryKiB: () => 1,
    scaled: (parameters, share) => ({
      iterations: Math.max(1, Math.round(parameter(parameters, 'iterations') * share)),
    }),
    compute(password, { parameters, salt, pepper }) {
      const { bytes } = pepper ? pepperedText(password, pepper.key) : password;
      const iterations = parameter(parameters, 'iterations');
      return computePbkdf2(bytes, salt, iterations, digestBytes, hash);
    },
    write({ parameters, salt, pepper }, digest) {
      const iterations = parameter(parameters, 'iterations');
      return formatPeppered(pepper?.id, formatPbkdf2({ hash, iterations, salt, digest }));
    },
  };
}
