import { createSecretKey, type KeyObject } from 'node:crypto';
import { decodePaddedBase64Url } from '../common/encoding.js';
import { derivedKeyId } from '../keyring/derived-key-id.js';
import { repetitionIn } from '../keyring/key-secret.js';

/** The length of a Fernet key before encoding: 16 bytes that sign, 16 bytes that encrypt. */
export const FERNET_KEY_BYTES = 32;
const HALF = 16;
/** What the guide that many copied from gives as a key; it decodes to nothing that could be one. */
const PLACEHOLDER = 'old-key-32-bytes-url-safe-encoded=';

/** The two halves of a Fernet key, ready for use, and the name it goes by. */
export interface FernetKey {
  readonly id: string;
  /** The first half: HMAC-SHA256. */
  readonly signing: KeyObject;
  /** The second half: AES-128-CBC. */
  readonly encryption: KeyObject;
}

/** Makes a Fernet key of 32 bytes. Without an id, it is named after its signing half. */
export function fernetKeyFromBytes(bytes: Uint8Array, id?: string): FernetKey {
  const signing = createSecretKey(bytes.subarray(0, HALF));
  const encryption = createSecretKey(bytes.subarray(HALF, FERNET_KEY_BYTES));
  return { id: id ?? derivedKeyId(signing), signing, encryption };
}

/** Decodes a Fernet key as Python's `Fernet.generate_key()` spells it; a text says why it is none. */
export function decodeFernetKey(text: string): Buffer | string {
  if (text === PLACEHOLDER) {
    return 'is a placeholder from a guide: 34 characters that decode to no 32 bytes, known to everybody';
  }
  const bytes = decodePaddedBase64Url(text);
  if (!bytes) return 'is not a Fernet key: 44 characters of padded base64url are needed';
  if (bytes.length !== FERNET_KEY_BYTES) {
    return `is ${bytes.length} bytes long after decoding, a Fernet key has ${FERNET_KEY_BYTES}`;
  }
  return repetitionIn(bytes) ?? bytes;
}
