import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { decodePaddedBase64Url, encodePaddedBase64Url } from '../common/encoding.js';
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

/** Makes a Fernet key of 32 bytes. */
export function fernetKeyFromBytes(bytes: Uint8Array, id: string): FernetKey {
  const encryption = createSecretKey(bytes.subarray(HALF, FERNET_KEY_BYTES));
  return { id, signing: signingHalf(bytes), encryption };
}

/** The id of a key that was given without one: it is named after its signing half. */
export function fernetKeyId(bytes: Uint8Array): string {
  return derivedKeyId(signingHalf(bytes));
}

/** Makes the text of a new Fernet key, as Python's `Fernet.generate_key()`. */
export function generateFernetKey(): string {
  return encodePaddedBase64Url(randomBytes(FERNET_KEY_BYTES));
}

/** Whether two keys share one of their halves: a token of one could then open under the other. */
export function shareHalf(a: Uint8Array, b: Uint8Array): boolean {
  return [0, HALF].some((at) =>
    Buffer.from(a.subarray(at, at + HALF)).equals(b.subarray(at, at + HALF)),
  );
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

function signingHalf(bytes: Uint8Array): KeyObject {
  return createSecretKey(bytes.subarray(0, HALF));
}
