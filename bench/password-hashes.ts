import { hash as nodeRsBcrypt } from '@node-rs/bcrypt';
import bcryptjs from 'bcryptjs';
import type { PasswordOptions } from '../lib/password/password.options.js';
import { encodeBcryptBase64 } from '../lib/password/stored/bcrypt-base64.js';
import { ARGON2_PROFILES } from '../lib/password/target/argon2-profiles.js';
import type { Argon2Cffi, Cost } from './argon2-cffi.js';
import {
  bareArgon2,
  bareCryptoArgon2,
  bareNodeRsArgon2,
  PASSWORD,
  PASSWORD_BYTES,
  SALT,
} from './bare-hashes.js';
import { passwordService } from './password-service.js';

/** One way to hash a password. */
export interface Contender {
  readonly name: string;
  readonly hash: () => Promise<Cost>;
  /** In which rounds it takes part: in every one, every fourth. */
  readonly every: number;
}

const BCRYPT_COST = 12;
/** bcrypt takes long, and hardly varies. */
const SELDOM = 4;
const { guide } = ARGON2_PROFILES;

/** All that there are on this machine. */
export async function contenders(cffi: Argon2Cffi | undefined): Promise<Contender[]> {
  const cryptoArgon2 = bareCryptoArgon2();
  return [
    await verification('PasswordService, argon2', { backend: 'argon2' }),
    inProcess('argon2', () => bareArgon2(guide)),
    await verification('PasswordService, @node-rs/argon2', { backend: '@node-rs/argon2' }),
    inProcess('@node-rs/argon2', () => bareNodeRsArgon2(guide)),
    ...(cryptoArgon2 ? [inProcess('node:crypto argon2', () => cryptoArgon2(guide))] : []),
    ...(cffi ? [{ name: 'argon2-cffi', hash: () => cffi.hash(), every: 1 }] : []),
    await verification('PasswordService, @node-rs/bcrypt', { scheme: 'bcrypt' }, SELDOM),
    inProcess('@node-rs/bcrypt', () => nodeRsBcrypt(PASSWORD_BYTES, BCRYPT_COST, SALT), SELDOM),
    inProcess(
      'bcryptjs',
      () => bcryptjs.hash(PASSWORD, `$2b$${BCRYPT_COST}$${encodeBcryptBase64(SALT)}`),
      SELDOM,
    ),
    inProcess('argon2, again', () => bareArgon2(guide)),
  ];
}

/** Verifying the right password, after one hash that loads the library. */
async function verification(name: string, options: PasswordOptions, every = 1): Promise<Contender> {
  const service = passwordService(options);
  const stored = await service.hash(PASSWORD);
  return inProcess(
    name,
    async () => {
      if (!(await service.verify(stored, PASSWORD))) throw new Error(`${name} does not verify`);
    },
    every,
  );
}

function inProcess(name: string, work: () => Promise<unknown>, every = 1): Contender {
  return {
    name,
    every,
    async hash() {
      const [started, cpu] = [performance.now(), process.cpuUsage()];
      await work();
      const [ended, { user, system }] = [performance.now(), process.cpuUsage(cpu)];
      return { ms: ended - started, cpuMs: (user + system) / 1000 };
    },
  };
}
