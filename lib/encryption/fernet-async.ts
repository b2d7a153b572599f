import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import {
  CIPHERTEXT_AT,
  ciphertextBytes,
  hasFernetForm,
  IV_AT,
  MAC_BYTES,
  timestampOf,
} from './fernet-format.js';
import type { FernetKey } from './fernet-key.js';
import { judgeTime, type FernetTimeRule, type FernetVerdict } from './fernet-verdict.js';
import { writeHeader, type FernetStamp } from './fernet.js';
import { bytesInSlices, cutData, decodeInSlices, encodeInSlices, type Slicing } from './slices.js';
import { unpadded } from './unpadded.js';

/**
 * Does as `fernetEncrypt`, slice by slice.
 *
 * @throws TypeError for anything that is not text or bytes, and for bytes that are transferred meanwhile
 * @throws EncryptionError `ENC_TEXT_ILL_FORMED`, `ENC_PLAINTEXT_TOO_LARGE`; the signal's reason
 */
export async function fernetEncryptAsync(
  key: FernetKey,
  data: string | Uint8Array,
  stamp: FernetStamp,
  { maxPlaintextBytes, ...slicing }: Slicing & { readonly maxPlaintextBytes: number },
): Promise<string> {
  const cut = await cutData(data, maxPlaintextBytes, slicing);
  const macAt = CIPHERTEXT_AT + ciphertextBytes(cut.bytes);
  const bytes = Buffer.allocUnsafe(macAt + MAC_BYTES);
  writeHeader(bytes, stamp);
  const cipher = createCipheriv('aes-128-cbc', key.encryption, stamp.iv);
  const mac = createHmac('sha256', key.signing).update(bytes.subarray(0, CIPHERTEXT_AT));
  let at = CIPHERTEXT_AT;
  const append = (blocks: Buffer): void => {
    bytes.set(blocks, at);
    mac.update(blocks);
    at += blocks.length;
  };
  for (const slice of cut.slices) {
    await slicing.turns.next(slicing.signal);
    append(cipher.update(typeof slice === 'string' ? Buffer.from(slice, 'utf8') : slice));
  }
  append(cipher.final());
  // Otherwise the rest would be memory that holds who knows what.
  if (at !== macAt) throw new TypeError('the bytes were transferred or cut while being encrypted');
  bytes.set(mac.digest(), macAt);
  return encodeInSlices(bytes, slicing);
}

/**
 * Does as `fernetDecrypt`, slice by slice and in the same order.
 *
 * @throws the signal's reason
 */
export async function fernetDecryptAsync(
  keys: readonly FernetKey[],
  token: string,
  time: FernetTimeRule | undefined,
  slicing: Slicing,
): Promise<FernetVerdict> {
  const bytes = await decodeInSlices(token, slicing);
  if (!bytes || !hasFernetForm(bytes)) return { ok: false, reason: 'malformed' };
  const key = await keyThatSigned(keys, bytes, slicing);
  if (!key) return { ok: false, reason: 'no-matching-key' };
  const timestamp = timestampOf(bytes);
  const late = judgeTime(timestamp, time);
  if (late) return { ok: false, reason: late };
  const plaintext = await decryptBlocks(key, bytes, slicing);
  return plaintext ? { ok: true, plaintext, key, timestamp } : { ok: false, reason: 'malformed' };
}

async function keyThatSigned(
  keys: readonly FernetKey[],
  bytes: Buffer,
  { turns, signal }: Slicing,
): Promise<FernetKey | undefined> {
  const received = bytes.subarray(-MAC_BYTES);
  const slices = bytesInSlices(bytes.subarray(0, -MAC_BYTES));
  const matching: FernetKey[] = [];
  // All keys are tried, so that the time taken does not tell which of them matched.
  for (const key of keys) {
    const mac = createHmac('sha256', key.signing);
    for (const slice of slices) {
      await turns.next(signal);
      mac.update(slice);
    }
    if (timingSafeEqual(mac.digest(), received)) matching.push(key);
  }
  return matching[0];
}

/** Writes the plaintext over the ciphertext: a second piece of memory of that size would be touched for nothing. */
async function decryptBlocks(
  key: FernetKey,
  bytes: Buffer,
  { turns, signal }: Slicing,
): Promise<Buffer | undefined> {
  const iv = bytes.subarray(IV_AT, CIPHERTEXT_AT);
  const decipher = createDecipheriv('aes-128-cbc', key.encryption, iv).setAutoPadding(false);
  const blocks = bytes.subarray(CIPHERTEXT_AT, -MAC_BYTES);
  for (const slice of bytesInSlices(blocks)) {
    await turns.next(signal);
    slice.set(decipher.update(slice));
  }
  return unpadded(blocks);
}
