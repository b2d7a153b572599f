import { decodeUnpaddedBase64, encodeUnpaddedBase64 } from '../common/encoding.js';
import type { Argon2Parameters, Argon2Variant } from '../key-derivation/argon2-parameters.js';

/** A stored Argon2 hash, taken apart. */
export interface Argon2Hash extends Argon2Parameters {
  readonly variant: Argon2Variant;
  /** 19 (1.3) for everything new; 16 (1.0) in old hashes. */
  readonly version: 16 | 19;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const MAX_LENGTH = 512;
const SALT_BYTES = { min: 8, max: 64 };
const HASH_BYTES = { min: 16, max: 64 };
// The first two groups are single words and numbers, the parameters come in any order, the last two are
// base64: no group can match what its neighbour matches, so the time is linear.
const FORM =
  /^\$(argon2id|argon2i|argon2d)\$(?:v=(16|19)\$)?([mtp]=[^$,]+,[mtp]=[^$,]+,[mtp]=[^$,]+)\$([^$]+)\$([^$]+)$/;
const DECIMAL = /^[1-9][0-9]{0,9}$/;

/**
 * Reads a PHC string of Argon2, strictly: known parameters once each, plain decimals, unpadded canonical
 * base64. Says nothing about the size of the parameters.
 *
 * @returns `undefined` for anything else, whatever its type, in time linear in at most 512 characters
 */
export function parseArgon2(stored: unknown): Argon2Hash | undefined {
  if (typeof stored !== 'string' || stored.length > MAX_LENGTH) return undefined;
  const [, variant, version = '16', list = '', saltText = '', hashText = ''] =
    FORM.exec(stored) ?? [];
  const numbers = parseParameters(list);
  const salt = decodeUnpaddedBase64(saltText);
  const hash = decodeUnpaddedBase64(hashText);
  if (!isVariant(variant) || !numbers || !salt || !hash) return undefined;
  if (!isWithin(salt, SALT_BYTES) || !isWithin(hash, HASH_BYTES)) return undefined;
  return { variant, version: version === '19' ? 19 : 16, ...numbers, salt, hash };
}

/** Writes the one canonical PHC string, parameters in the order `m,t,p` that every reader accepts. */
export function formatArgon2({
  variant,
  version,
  memoryKiB,
  timeCost,
  parallelism,
  salt,
  hash,
}: Argon2Hash): string {
  const parameters = `m=${memoryKiB},t=${timeCost},p=${parallelism}`;
  return `$${variant}$v=${version}$${parameters}$${encodeUnpaddedBase64(salt)}$${encodeUnpaddedBase64(hash)}`;
}

function parseParameters(list: string): Argon2Parameters | undefined {
  const values = new Map<string, number>();
  for (const item of list.split(',')) {
    const [name = '', value = '', ...rest] = item.split('=');
    if (rest.length > 0 || !DECIMAL.test(value)) return undefined;
    values.set(name, Number(value));
  }
  const [memoryKiB, timeCost, parallelism] = [values.get('m'), values.get('t'), values.get('p')];
  if (memoryKiB === undefined || timeCost === undefined || parallelism === undefined)
    return undefined;
  return { memoryKiB, timeCost, parallelism };
}

function isVariant(text: string | undefined): text is Argon2Variant {
  return text === 'argon2id' || text === 'argon2i' || text === 'argon2d';
}

function isWithin(bytes: Buffer, { min, max }: { min: number; max: number }): boolean {
  return bytes.length >= min && bytes.length <= max;
}
