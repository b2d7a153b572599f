import { Fernet } from 'fernet-nodejs';
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
} from 'node:crypto';
import { createRequire } from 'node:module';
import { EncryptionService } from '../lib/encryption/encryption.service.js';
import { SecurityEvents } from '../lib/events/security-events.js';
import { Keyring } from '../lib/keyring/keyring.js';
import { resolveSecurityOptions } from '../lib/security.options.js';

/** What is measured of one way to encrypt, at one size. */
export interface Calls {
  readonly encrypt: () => unknown;
  readonly decrypt: () => unknown;
}

/** One way to encrypt. It takes text, since that is all that some of them can. */
export type Contender = (text: string) => Calls;

/** The part of the package `fernet` that is used here; it brings no types. */
interface FernetPackage {
  Secret: new (key: string) => object;
  Token: new (options: { secret: object; token?: string; ttl: 0 }) => {
    encode(text: string): string;
    decode(): string;
  };
}

const raw = randomBytes(32);

/** The one key that all of them use. */
export const KEY = `${raw.toString('base64url')}=`;

/** The service with this key. */
export function makeService(): EncryptionService {
  const shared = { id: 'bench', state: 'primary', key: createSecretKey(randomBytes(32)) } as const;
  const keys = [{ id: 'bench', secret: randomBytes(32).toString('hex') }];
  const { encryption } = resolveSecurityOptions({ keys, encryption: { keys: [KEY] } });
  return new EncryptionService(encryption, new Keyring([shared]), new SecurityEvents());
}

/** `EncryptionService`. */
export const ours: Contender = (text) => {
  const service = makeService();
  const data = Buffer.from(text);
  const token = flat(service.encrypt(data));
  return { encrypt: () => service.encrypt(data), decrypt: () => service.decrypt(token) };
};

/** What OpenSSL alone takes, by way of Node: no base64, no checks. */
export const bareOpenSsl: Contender = (text) => {
  const signing = createSecretKey(raw.subarray(0, 16));
  const key = createSecretKey(raw.subarray(16));
  const iv = randomBytes(16);
  const data = Buffer.from(text);
  const seal = (): [Buffer, Buffer, Buffer] => {
    const cipher = createCipheriv('aes-128-cbc', key, iv);
    const [blocks, last] = [cipher.update(data), cipher.final()];
    return [blocks, last, createHmac('sha256', signing).update(blocks).update(last).digest()];
  };
  const [blocks, last] = seal();
  const ciphertext = Buffer.concat([blocks, last]);
  const open = (): Buffer => {
    createHmac('sha256', signing).update(ciphertext).digest();
    const decipher = createDecipheriv('aes-128-cbc', key, iv);
    const plaintext = decipher.update(ciphertext);
    decipher.final();
    return plaintext;
  };
  return { encrypt: seal, decrypt: open };
};

/** The package `fernet`. */
export const npmFernet: Contender = (text) => {
  const { Secret, Token } = createRequire(import.meta.url)('fernet') as FernetPackage;
  const secret = new Secret(KEY);
  const encrypt = (): string => new Token({ secret, ttl: 0 }).encode(text);
  const token = encrypt();
  return { encrypt, decrypt: () => new Token({ secret, token, ttl: 0 }).decode() };
};

/** The package `fernet-nodejs`. */
export const fernetNodejs: Contender = (text) => {
  const fernet = new Fernet(KEY);
  const token = fernet.encrypt(text);
  return { encrypt: () => fernet.encrypt(text), decrypt: () => fernet.decrypt(token) };
};

/** As text comes from a socket: in one piece. */
export function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
