import { hash as digestOf } from 'node:crypto';
import { cryptBase64Value, decodeCryptBase64 } from './crypt-base64.js';
import { inSlices } from './in-slices.js';
import type { StoredFormat } from './stored-hash.js';

const BEGINNING = /^\$[PH]\$/;
const FORM = /^\$[PH]\$([./A-Za-z0-9])([./A-Za-z0-9]{8})([./A-Za-z0-9]{22})$/;
/** The logarithm of the rounds: what phpass knows. */
const COSTS = { min: 7, max: 30 };
/** The most that is verified: 2^18 rounds take up to 2 s, by the length of the password. WordPress and phpBB write 2^13 and 2^11. */
const MAX_COST = 18;
const DIGEST_BYTES = 16;
const MEMORY_KIB = 1;

/**
 * phpass, as WordPress before 6.8 (`$P$`) and phpBB 3 (`$H$`) write it: MD5, a letter for the rounds, eight
 * characters of salt. WordPress cuts white space off both ends of what its login form was given; whoever
 * migrates from it does the same before verifying.
 */
export const PHPASS_FORMAT: StoredFormat = {
  claims: (stored) => BEGINNING.test(stored),
  read(stored) {
    const [, letter = '', saltText = '', digestText = ''] = FORM.exec(stored) ?? [];
    const cost = cryptBase64Value(letter);
    const digest = decodeCryptBase64(digestText, DIGEST_BYTES);
    if (!digest || cost < COSTS.min || cost > COSTS.max) return 'malformed';
    if (cost > MAX_COST) return 'out-of-bounds';
    const salt = Buffer.from(saltText);
    return {
      scheme: 'phpass',
      format: 'phpass',
      parameters: { cost },
      saltBytes: salt.length,
      digest,
      memoryKiB: MEMORY_KIB,
      isCanonical: true,
      compute: ({ bytes }) => computePhpass(bytes, salt, 2 ** cost),
    };
  },
};

async function computePhpass(password: Buffer, salt: Buffer, rounds: number): Promise<Buffer> {
  const first = digestOf('md5', Buffer.concat([salt, password]), 'buffer');
  const message = Buffer.concat([first, password]);
  await inSlices(rounds, () => digestOf('md5', message, 'buffer').copy(message));
  return message.subarray(0, DIGEST_BYTES);
}
