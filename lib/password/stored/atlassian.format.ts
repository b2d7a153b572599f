import { decodeBase64 } from '../../common/encoding.js';
import { pbkdf2Hash } from './pbkdf2-hash.js';
import type { StoredFormat } from './stored-hash.js';

const PREFIX = '{PKCS5S2}';
const ITERATIONS = 10_000;
const SALT_BYTES = 16;
const DIGEST_BYTES = 32;

/** What Atlassian's Jira and Confluence write: `{PKCS5S2}` and the base64 of salt and PBKDF2-HMAC-SHA1 digest. */
export const ATLASSIAN_FORMAT: StoredFormat = {
  claims: (stored) => stored.startsWith(PREFIX),
  read(stored, ceilings) {
    const bytes = decodeBase64(stored.slice(PREFIX.length));
    if (bytes?.length !== SALT_BYTES + DIGEST_BYTES) return 'malformed';
    const [salt, digest] = [bytes.subarray(0, SALT_BYTES), bytes.subarray(SALT_BYTES)];
    return pbkdf2Hash(
      { format: 'atlassian', hash: 'sha1', iterations: ITERATIONS, salt, digest },
      ceilings,
    );
  },
};
