import { decodeUnpaddedBase64 } from '../../common/encoding.js';
import {
  isLegacyAlgorithm,
  LEGACY_SALT_BYTES,
  legacyDigest,
  type LegacyRecipe,
} from './legacy-digest.js';
import { ARGON2_FORMAT } from './argon2.format.js';
import type { StoredFormat, StoredHash } from './stored-hash.js';

const BEGINNING = '$wrapped$';
// The salt ends before a comma and the digest before a comma or a dollar sign, so the time is linear.
const FORM =
  /^\$wrapped\$v=1,digest=([a-z0-9]+)(?:,salt=([A-Za-z0-9+/]+),at=(before|after))?(\$argon2.+)$/;

/**
 * What {@link wrapLegacy} writes: Argon2 over the bytes of an old digest. The password is digested as the old
 * software did it, and that is given to Argon2.
 */
export const WRAPPED_FORMAT: StoredFormat = {
  claims: (stored) => stored.startsWith(BEGINNING),
  read(stored, rules) {
    const [, algorithm = '', saltText, position, innerText = ''] = FORM.exec(stored) ?? [];
    const salt = saltText === undefined ? undefined : decodeUnpaddedBase64(saltText);
    if (!isLegacyAlgorithm(algorithm) || !ARGON2_FORMAT.claims(innerText)) return 'malformed';
    const isSaltWrong = !salt || salt.length > LEGACY_SALT_BYTES.max;
    if (saltText !== undefined && isSaltWrong) return 'malformed';
    const inner = ARGON2_FORMAT.read(innerText, rules);
    if (typeof inner === 'string') return inner;
    const saltPosition = position === 'after' ? 'after' : 'before';
    return around(inner, { algorithm, salt, saltPosition });
  },
};

function around(inner: StoredHash, recipe: LegacyRecipe): StoredHash {
  return {
    ...inner,
    format: 'wrapped',
    compute: ({ text, bytes }, pepper) =>
      inner.compute({ text, bytes: legacyDigest(recipe, bytes) }, pepper),
  };
}
