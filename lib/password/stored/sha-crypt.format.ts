import { randomBytes } from 'node:crypto';
import { decodeCryptBase64 } from './crypt-base64.js';
import { computeShaCrypt, type ShaCryptHash } from './sha-crypt.js';
import type { StoredFormat } from './stored-hash.js';

const BEGINNING = /^\$[56]\$/;
const FORM =
  /^\$([56])\$(?:rounds=([1-9][0-9]{0,9})\$)?([./A-Za-z0-9]{0,16})\$([./A-Za-z0-9]{43,86})$/;
const DEFAULT_ROUNDS = 5000;
/** crypt(3) never writes fewer. */
const MIN_ROUNDS = 1000;
/** The most that is verified; passlib writes 656,000 unless told otherwise. */
const MAX_ROUNDS = 1_000_000;
/** What libxcrypt takes. The time grows with rounds times bytes, so that 4,096 could take ten seconds. */
const MAX_PASSWORD_BYTES = 512;
const MEMORY_KIB = 1;
const DIGEST_BYTES = { sha256: 32, sha512: 64 } as const;

/**
 * sha-crypt, as Linux writes it to `/etc/shadow`: `$5$` for SHA-256, `$6$` for SHA-512, up to 16 characters of
 * salt, and `rounds=`, 5,000 when left out. Passwords of more than 512 bytes match none.
 */
export const SHA_CRYPT_FORMAT: StoredFormat = {
  claims: (stored) => BEGINNING.test(stored),
  read(stored) {
    const [, id, roundsText, saltText = '', digestText = ''] = FORM.exec(stored) ?? [];
    const hash = id === '5' ? 'sha256' : 'sha512';
    const digest = decodeCryptBase64(digestText, DIGEST_BYTES[hash]);
    const rounds = Number(roundsText ?? DEFAULT_ROUNDS);
    if (!digest || rounds < MIN_ROUNDS) return 'malformed';
    if (rounds > MAX_ROUNDS) return 'out-of-bounds';
    const salt = Buffer.from(saltText);
    return {
      scheme: `${hash}-crypt`,
      format: 'unix-crypt',
      parameters: { iterations: rounds },
      saltBytes: salt.length,
      digest,
      memoryKiB: MEMORY_KIB,
      isCanonical: true,
      compute: async ({ bytes }) =>
        bytes.length > MAX_PASSWORD_BYTES
          ? randomBytes(DIGEST_BYTES[hash])
          : inWrittenOrder(hash, await computeShaCrypt(hash, bytes, salt, rounds)),
    };
  },
};

/**
 * The text holds the bytes of the digest in groups of three that lie a third of it apart, each group turned
 * one further than the one before; what is left over at the end stands in its own order.
 */
function inWrittenOrder(hash: ShaCryptHash, digest: Buffer): Buffer {
  const third = Math.floor(digest.length / 3);
  const turn = hash === 'sha256' ? 2 : 1;
  const order = Array.from({ length: third }, (_, group) =>
    [2, 1, 0].map((place) => group + third * ((place + group * turn) % 3)),
  ).flat();
  for (let rest = 3 * third; rest < digest.length; rest += 1) order.push(rest);
  return Buffer.from(order.map((index) => digest[index] ?? 0));
}
