import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';
import { encodePaddedBase64Url } from '../common/encoding.js';
import {
  CIPHERTEXT_AT,
  decodeFernet,
  IV_AT,
  MAC_BYTES,
  TIME_AT,
  timestampOf,
  VERSION,
} from './fernet-format.js';
import type { FernetKey } from './fernet-key.js';
import {
  judgeTime,
  type FernetTimeRule,
  type FernetVerdict,
  type RefusedToken,
} from './fernet-verdict.js';
import { TokenMemory } from './token-memory.js';
import { unpadded } from './unpadded.js';

/** What a token is made of beside key and plaintext. */
export interface FernetStamp {
  /** Seconds since the Unix epoch, 0 to 2^64 - 1. */
  readonly timestamp: bigint;
  /** 16 random bytes that were never used before. */
  readonly iv: Uint8Array;
}

/** Encrypts. */
export function fernetEncrypt(
  key: FernetKey,
  plaintext: Uint8Array,
  { timestamp, iv }: FernetStamp,
  memory = new TokenMemory(),
): string {
  const cipher = createCipheriv('aes-128-cbc', key.encryption, iv);
  const blocks = cipher.update(plaintext);
  const lastBlock = cipher.final();
  const lastAt = CIPHERTEXT_AT + blocks.length;
  // Not from the plaintext's own length, which a subclass may make up: old memory would stand in the token.
  const macAt = lastAt + lastBlock.length;
  const bytes = memory.take(macAt + MAC_BYTES);
  writeHeader(bytes, { timestamp, iv });
  bytes.set(blocks, CIPHERTEXT_AT);
  bytes.set(lastBlock, lastAt);
  bytes.set(macOf(key.signing, bytes.subarray(0, macAt)), macAt);
  return encodePaddedBase64Url(bytes);
}

/** Writes all that stands before the ciphertext. */
export function writeHeader(bytes: Buffer, { timestamp, iv }: FernetStamp): void {
  bytes[0] = VERSION;
  bytes.writeBigUInt64BE(timestamp, TIME_AT);
  bytes.set(iv, IV_AT);
}

/**
 * Opens a token: strict encoding and lengths, then the MAC in constant time over all keys, then the
 * time, then the padding. Nothing is decrypted before the MAC held.
 */
export function fernetDecrypt(
  keys: readonly FernetKey[],
  token: string,
  time: FernetTimeRule | undefined,
  memory?: TokenMemory,
): FernetVerdict {
  const verified = fernetVerify(keys, token, time, memory);
  if (!verified.ok) return verified;
  const { bytes, key, timestamp } = verified;
  const plaintext = decryptBlocks(key.encryption, bytes);
  return plaintext ? { ok: true, plaintext, key, timestamp } : { ok: false, reason: 'malformed' };
}

/** A genuine token that is not decrypted yet. */
export interface VerifiedToken {
  readonly ok: true;
  /** Where it was decoded to: until the next call that uses the same memory. */
  readonly bytes: Buffer;
  readonly key: FernetKey;
  readonly timestamp: bigint;
}

/** Does as {@link fernetDecrypt}, up to the time. */
export function fernetVerify(
  keys: readonly FernetKey[],
  token: string,
  time: FernetTimeRule | undefined,
  memory?: TokenMemory,
): VerifiedToken | RefusedToken {
  const bytes = decodeFernet(token, memory);
  if (!bytes) return { ok: false, reason: 'malformed' };
  const key = keyThatSigned(keys, bytes);
  if (!key) return { ok: false, reason: 'no-matching-key' };
  const timestamp = timestampOf(bytes);
  const late = judgeTime(timestamp, time);
  return late ? { ok: false, reason: late } : { ok: true, bytes, key, timestamp };
}

function keyThatSigned(keys: readonly FernetKey[], bytes: Buffer): FernetKey | undefined {
  const signed = bytes.subarray(0, -MAC_BYTES);
  const received = bytes.subarray(-MAC_BYTES);
  // All keys are tried, so that the time taken does not tell which of them matched.
  const matching = keys.filter((key) => timingSafeEqual(macOf(key.signing, signed), received));
  return matching[0];
}

function macOf(key: KeyObject, signed: Uint8Array): Buffer {
  return createHmac('sha256', key).update(signed).digest();
}

function decryptBlocks(key: KeyObject, bytes: Buffer): Buffer | undefined {
  const iv = bytes.subarray(IV_AT, CIPHERTEXT_AT);
  const decipher = createDecipheriv('aes-128-cbc', key, iv).setAutoPadding(false);
  // Without automatic padding, all of whole blocks comes at once and nothing in the end.
  return unpadded(decipher.update(bytes.subarray(CIPHERTEXT_AT, -MAC_BYTES)));
}
