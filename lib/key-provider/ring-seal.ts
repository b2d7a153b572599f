import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { decodeBase64Url } from '../common/encoding.js';
import { KeyringError } from '../errors/keyring.error.js';
import { deriveKey } from '../keyring/derive-key.js';
import { derivedKeyId } from '../keyring/derived-key-id.js';
import type { RootKey, RootKeyWrapper } from './root-key.js';

/*
 * A sealed ring is `r1.<root key id>.<box>`, or `r1.wrapped.<wrapped key>.<box>` under a wrapper; box =
 * base64url(nonce, 12 bytes || AES-256-GCM ciphertext || tag, 16), with the associated data
 * `nestjs-security/ring/v1` || 0x00 || generation in decimal. Rings are sealed a few times a year, so
 * random nonces cannot meet.
 */
const VERSION = 'r1';
const WRAPPED = 'wrapped';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const MAX_LENGTH = 1024 * 1024;

/** Makes the sealing key of a root key's bytes, named after itself. */
export function rootKeyFromBytes(bytes: Uint8Array): RootKey & { readonly id: string } {
  const key = createSecretKey(deriveKey(createSecretKey(bytes), 'managed-ring'));
  return { id: derivedKeyId(key), key };
}

/**
 * Seals a ring under the first root key.
 *
 * @throws KeyringError `KEY_RING_UNREADABLE` when a wrapper does not unwrap what it wrapped
 */
export async function sealRing(
  text: string,
  generation: number,
  [root]: readonly [RootKey, ...RootKey[]],
): Promise<string> {
  if ('id' in root) return `${VERSION}.${root.id}.${encrypt(text, generation, root.key)}`;
  const key = randomBytes(KEY_BYTES);
  const wrapped = Buffer.from(await root.wrap(key)).toString('base64url');
  const box = encrypt(text, generation, createSecretKey(key));
  const sealed = `${VERSION}.${WRAPPED}.${wrapped}.${box}`;
  // What the wrapper does not open again would be lost with all keys in it.
  await openRing(sealed, generation, [root]);
  return sealed;
}

/**
 * Opens a sealed ring under whichever root key sealed it.
 *
 * @throws KeyringError `KEY_RING_UNREADABLE` when none of them did, or when it was changed
 */
export async function openRing(
  sealed: string,
  generation: number,
  roots: readonly RootKey[],
): Promise<string> {
  const [version, id, ...rest] = sealed.length <= MAX_LENGTH ? sealed.split('.') : [];
  const box = decodeBase64Url(rest.at(-1) ?? '');
  if (version === VERSION && box && box.length > NONCE_BYTES + TAG_BYTES) {
    for (const key of await candidateKeys(id ?? '', rest, roots)) {
      const text = decrypt(box, generation, key);
      if (text !== undefined) return text;
    }
  }
  const message =
    'no rootKey opens the managed ring: it was sealed under another one, its key management service cannot be asked, or it was changed. Add the root key under which it was sealed to the end of rootKey.';
  throw new KeyringError('KEY_RING_UNREADABLE', message);
}

async function candidateKeys(
  id: string,
  rest: readonly string[],
  roots: readonly RootKey[],
): Promise<KeyObject[]> {
  if (id !== WRAPPED)
    return roots.flatMap((root) => ('id' in root && root.id === id ? root.key : []));
  const wrapped = rest.length === 2 ? decodeBase64Url(rest[0] ?? '') : undefined;
  if (!wrapped) return [];
  const wrappers = roots.filter((root) => 'unwrap' in root);
  const keys = await Promise.all(wrappers.map((wrapper) => unwrapped(wrapper, wrapped)));
  return keys.filter((key) => key !== undefined);
}

async function unwrapped(
  root: RootKeyWrapper,
  wrapped: Uint8Array,
): Promise<KeyObject | undefined> {
  try {
    return createSecretKey(await root.unwrap(wrapped));
  } catch {
    // Another wrapper of the list may be the one that wrapped it.
    return undefined;
  }
}

function encrypt(text: string, generation: number, key: KeyObject): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associatedData(generation));
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]).toString('base64url');
}

function decrypt(box: Buffer, generation: number, key: KeyObject): string | undefined {
  if (key.symmetricKeySize !== KEY_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(associatedData(generation)).setAuthTag(box.subarray(-TAG_BYTES));
  try {
    return (
      decipher.update(box.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') +
      decipher.final('utf8')
    );
  } catch {
    return undefined;
  }
}

function associatedData(generation: number): Buffer {
  return Buffer.from(`nestjs-security/ring/v1\0${generation}`, 'ascii');
}
