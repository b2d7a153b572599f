import { createHash, hash as digestOf } from 'node:crypto';
import { inSlices } from './in-slices.js';

/** The hashes that sha-crypt is made of. */
export type ShaCryptHash = 'sha256' | 'sha512';

/** Drepper's sha-crypt mixes the digest in ever again with password and salt, each stretched to its own length. */
interface Stretched {
  readonly password: Buffer;
  readonly salt: Buffer;
}

/** A message of a round, with a gap in which the digest of the round before is put. */
interface Round {
  readonly message: Buffer;
  readonly gap: Buffer;
}

/**
 * Computes the digest of Drepper's sha-crypt ("Unix crypt using SHA-256 and SHA-512", 2007), its bytes in
 * their natural order. Takes the main thread, in slices of about 2 ms; the time grows with rounds times
 * password bytes.
 */
export async function computeShaCrypt(
  hash: ShaCryptHash,
  password: Buffer,
  salt: Buffer,
  rounds: number,
): Promise<Buffer> {
  const digest = firstDigest(hash, password, salt);
  const stretched: Stretched = {
    password: stretch(await digestOfRepeated(hash, password, password.length), password.length),
    salt: stretch(await digestOfRepeated(hash, salt, 16 + (digest[0] ?? 0)), salt.length),
  };
  const kinds = Array.from({ length: 8 }, (_, kind) => roundOf(kind, digest.length, stretched));
  await inSlices(rounds, (index) => {
    const kind = (index % 2) + (index % 3 ? 2 : 0) + (index % 7 ? 4 : 0);
    const { message, gap } = kinds[kind] ?? roundOf(kind, digest.length, stretched);
    digest.copy(gap);
    digestOf(hash, message, 'buffer').copy(digest);
  });
  return digest;
}

function firstDigest(hash: ShaCryptHash, password: Buffer, salt: Buffer): Buffer {
  const alternate = digestOf(hash, Buffer.concat([password, salt, password]), 'buffer');
  const parts = [password, salt, stretch(alternate, password.length)];
  for (let bits = password.length; bits > 0; bits >>= 1) {
    parts.push(bits & 1 ? alternate : password);
  }
  return digestOf(hash, Buffer.concat(parts), 'buffer');
}

async function digestOfRepeated(hash: ShaCryptHash, part: Buffer, times: number): Promise<Buffer> {
  const digest = createHash(hash);
  await inSlices(times, () => digest.update(part));
  return digest.digest();
}

function stretch(digest: Buffer, length: number): Buffer {
  return Buffer.alloc(length, digest);
}

/** @param kind 1 for an odd round, plus 2 where the salt takes part, plus 4 where the password does once more */
function roundOf(kind: number, digestBytes: number, { password, salt }: Stretched): Round {
  const isOdd = (kind & 1) !== 0;
  const between = Buffer.concat([...(kind & 2 ? [salt] : []), ...(kind & 4 ? [password] : [])]);
  const gap = Buffer.alloc(digestBytes);
  const message = Buffer.concat(isOdd ? [password, between, gap] : [gap, between, password]);
  const at = isOdd ? message.length - digestBytes : 0;
  return { message, gap: message.subarray(at, at + digestBytes) };
}
