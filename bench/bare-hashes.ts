import * as crypto from 'node:crypto';
import { hash as argon2 } from 'argon2';
import { hashRaw as nodeRsArgon2 } from '@node-rs/argon2';
import type { Argon2Parameters } from '../lib/key-derivation/argon2-parameters.js';

/** What every contender hashes. */
export const PASSWORD = 'correct horse battery staple';

/** {@link PASSWORD}, so that encoding it is not measured. */
export const PASSWORD_BYTES = Buffer.from(PASSWORD);

/** 16 bytes, for contenders that are told the salt. */
export const SALT = Buffer.from('somesaltsomesalt');

const ARGON2ID = 2;
const HASH_BYTES = 32;

/** What the type definitions of Node 20 do not know yet. */
interface CryptoWithArgon2 extends Pick<typeof crypto, 'randomBytes'> {
  readonly argon2?: (
    algorithm: 'argon2id',
    parameters: Readonly<Record<string, Buffer | number>>,
    done: (error: Error | null, hash: Buffer) => void,
  ) => void;
}

/** Argon2id by the package `argon2`. */
export function bareArgon2(parameters: Argon2Parameters): Promise<Buffer> {
  return argon2(PASSWORD_BYTES, {
    raw: true,
    type: ARGON2ID,
    memoryCost: parameters.memoryKiB,
    timeCost: parameters.timeCost,
    parallelism: parameters.parallelism,
    hashLength: HASH_BYTES,
    salt: SALT,
  });
}

/** Argon2id by the package `@node-rs/argon2`, which takes that variant by default. */
export function bareNodeRsArgon2(parameters: Argon2Parameters): Promise<Buffer> {
  return nodeRsArgon2(PASSWORD_BYTES, {
    memoryCost: parameters.memoryKiB,
    timeCost: parameters.timeCost,
    parallelism: parameters.parallelism,
    outputLen: HASH_BYTES,
    salt: SALT,
  });
}

/** Argon2id by OpenSSL; `undefined` where this Node does not have it. */
export function bareCryptoArgon2():
  ((parameters: Argon2Parameters) => Promise<Buffer>) | undefined {
  const { argon2: compute }: CryptoWithArgon2 = crypto;
  if (!compute) return undefined;
  return ({ memoryKiB, timeCost, parallelism }) =>
    new Promise((resolve, reject) => {
      const parameters = {
        message: PASSWORD_BYTES,
        nonce: SALT,
        memory: memoryKiB,
        passes: timeCost,
        parallelism,
        tagLength: HASH_BYTES,
      };
      compute('argon2id', parameters, (error, hash) => (error ? reject(error) : resolve(hash)));
    });
}
