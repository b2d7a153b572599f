import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';
import { decodePaddedBase64Url, encodePaddedBase64Url } from '../common/encoding.js';
import type { FernetKey } from './fernet-key.js';

/*
 * Fernet, version 0x80 (https://github.com/fernet/spec):
 *   0x80 || timestamp, 8 bytes big-endian || IV, 16 || AES-128-CBC ciphertext, 16 n || HMAC-SHA256, 32
 * as padded base64url. The HMAC covers all that stands before it.
 */
const VERSION = 0x80;
const TIME_AT = 1;
const IV_AT = 9;
const CIPHERTEXT_AT = 25;
const BLOCK = 16;
const MAC_BYTES = 32;
const SMALLEST = CIPHERTEXT_AT + BLOCK + MAC_BYTES;

/** What opening a token gave. A reason other than `malformed` means that the MAC held. */
export type FernetVerdict =
  | { readonly ok: true; readonly plaintext: Buffer }
  | {
      readonly ok: false;
      readonly reason: 'malformed' | 'no-matching-key' | 'expired' | 'from-the-future';
    };

/** When a token is too old or comes from the future; without it time is not looked at. */
export interface FernetTimeRule {
  /** The age in seconds up to which a token is valid, that second included. */
  readonly ttlSeconds: number;
  /** The time now, in seconds since the Unix epoch. */
  readonly nowSeconds: number;
  /** How many seconds the clock that made the token may run ahead of ours. */
  readonly clockSkewSeconds: number;
}

/** Encrypts. The IV is drawn anew for every token. */
export function fernetEncrypt(key: FernetKey, plaintext: Uint8Array, seconds: number): string {
  const iv = randomBytes(BLOCK);
  const cipher = createCipheriv('aes-128-cbc', key.encryption, iv);
  const header = Buffer.alloc(IV_AT);
  header[0] = VERSION;
  header.writeBigUInt64BE(BigInt(seconds), TIME_AT);
  const signed = Buffer.concat([header, iv, cipher.update(plaintext), cipher.final()]);
  return encodePaddedBase64Url(Buffer.concat([signed, mac(key.signing, signed)]));
}

/**
 * Opens a token: strict encoding and lengths, then the MAC in constant time over all keys, then the
 * time, then the padding. Nothing is decrypted before the MAC held.
 */
export function fernetDecrypt(
  keys: readonly FernetKey[],
  token: string,
  time: FernetTimeRule | undefined,
): FernetVerdict {
  const bytes = decodePaddedBase64Url(token);
  if (!bytes || !isWellFormed(bytes)) return { ok: false, reason: 'malformed' };
  const key = keyThatSigned(keys, bytes);
  if (!key) return { ok: false, reason: 'no-matching-key' };
  const late = time && judgeTime(bytes.readBigUInt64BE(TIME_AT), time);
  if (late) return { ok: false, reason: late };
  const plaintext = decryptBlocks(key.encryption, bytes);
  return plaintext ? { ok: true, plaintext } : { ok: false, reason: 'malformed' };
}

/** The longest token that can hold a plaintext of so many bytes, in characters. */
export function fernetTokenLength(plaintextBytes: number): number {
  const blocks = Math.floor(plaintextBytes / BLOCK) + 1;
  return Math.ceil((CIPHERTEXT_AT + blocks * BLOCK + MAC_BYTES) / 3) * 4;
}

function isWellFormed(bytes: Buffer): boolean {
  return (
    bytes.length >= SMALLEST && (bytes.length - SMALLEST) % BLOCK === 0 && bytes[0] === VERSION
  );
}

function mac(key: KeyObject, signed: Uint8Array): Buffer {
  return createHmac('sha256', key).update(signed).digest();
}

function keyThatSigned(keys: readonly FernetKey[], bytes: Buffer): FernetKey | undefined {
  const signed = bytes.subarray(0, -MAC_BYTES);
  const received = bytes.subarray(-MAC_BYTES);
  // All keys are tried, so that the time taken does not tell which of them matched.
  const matching = keys.filter((key) => timingSafeEqual(mac(key.signing, signed), received));
  return matching[0];
}

function judgeTime(
  timestamp: bigint,
  rule: FernetTimeRule,
): 'expired' | 'from-the-future' | undefined {
  const now = BigInt(rule.nowSeconds);
  if (timestamp + BigInt(rule.ttlSeconds) < now) return 'expired';
  if (now + BigInt(rule.clockSkewSeconds) < timestamp) return 'from-the-future';
  return undefined;
}

function decryptBlocks(key: KeyObject, bytes: Buffer): Buffer | undefined {
  const decipher = createDecipheriv('aes-128-cbc', key, bytes.subarray(IV_AT, CIPHERTEXT_AT));
  decipher.setAutoPadding(false);
  const padded = Buffer.concat([
    decipher.update(bytes.subarray(CIPHERTEXT_AT, -MAC_BYTES)),
    decipher.final(),
  ]);
  const padding = padded[padded.length - 1] ?? 0;
  if (padding < 1 || padding > BLOCK) return undefined;
  const end = padded.length - padding;
  return padded.subarray(end).every((byte) => byte === padding)
    ? padded.subarray(0, end)
    : undefined;
}
