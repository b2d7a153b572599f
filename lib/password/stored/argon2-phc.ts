import { decodeUnpaddedBase64, encodeUnpaddedBase64 } from '../../common/encoding.js';
import type { Argon2Parameters, Argon2Variant } from '../../key-derivation/argon2-parameters.js';

/** A stored Argon2 hash, taken apart. */
export interface Argon2Hash extends Argon2Parameters {
  readonly variant: Argon2Variant;
  /** 19 (1.3) for everything new; 16 (1.0) in old hashes. */
  readonly version: 16 | 19;
  /** Which pepper it was made with, at most 8 bytes; `undefined` for none. */
  readonly keyId?: Buffer | undefined;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const MAX_LENGTH = 512;
const MAX_UINT32 = 0xff_ff_ff_ff;
const SALT_BYTES = { min: 8, max: 64 };
const HASH_BYTES = { min: 16, max: 64 };
const KEY_ID_BYTES = { min: 1, max: 8 };
// Between dollar signs nothing holds a dollar sign, so that the time is linear.
const FORM = /^\$(argon2id|argon2i|argon2d)\$(?:v=(16|19)\$)?([^$]+)\$([^$]+)\$([^$]+)$/;
const PARAMETER = /^(m|t|p)=([1-9][0-9]{0,9})$/;
const KEY_ID = 'keyid=';

/**
 * Reads a PHC string of Argon2, strictly: known parameters once each in any order, plain decimals, unpadded
 * canonical base64. Says nothing about the size of the parameters.
 *
 * @returns `undefined` for anything else, whatever its type, in time linear in at most 512 characters
 */
export function parseArgon2(stored: unknown): Argon2Hash | undefined {
  if (typeof stored !== 'string' || stored.length > MAX_LENGTH) return undefined;
  const [, variant, version = '16', list = '', saltText = '', hashText = ''] =
    FORM.exec(stored) ?? [];
  const parameters = parseParameters(list.split(','));
  const salt = decodeWithin(saltText, SALT_BYTES);
  const hash = decodeWithin(hashText, HASH_BYTES);
  if (!isVariant(variant) || !parameters || !salt || !hash) return undefined;
  return { variant, version: version === '19' ? 19 : 16, ...parameters, salt, hash };
}

/** Writes the one canonical PHC string, parameters in the order `m,t,p,keyid` that every reader accepts. */
export function formatArgon2({
  variant,
  version,
  memoryKiB,
  timeCost,
  parallelism,
  keyId,
  salt,
  hash,
}: Argon2Hash): string {
  const pepper = keyId ? `,${KEY_ID}${encodeUnpaddedBase64(keyId)}` : '';
  const parameters = `m=${memoryKiB},t=${timeCost},p=${parallelism}${pepper}`;
  return `$${variant}$v=${version}$${parameters}$${encodeUnpaddedBase64(salt)}$${encodeUnpaddedBase64(hash)}`;
}

type ParsedParameters = Argon2Parameters & Pick<Argon2Hash, 'keyId'>;

function parseParameters(items: readonly string[]): ParsedParameters | undefined {
  const keyIdText = items.find((item) => item.startsWith(KEY_ID))?.slice(KEY_ID.length);
  const keyId = keyIdText === undefined ? undefined : decodeWithin(keyIdText, KEY_ID_BYTES);
  const numbers = new Map(
    items.map((item): [string, number] => {
      const [, letter = '', digits = ''] = PARAMETER.exec(item) ?? [];
      return [letter, Number(digits)];
    }),
  );
  const [memoryKiB, timeCost, parallelism] = [numbers.get('m'), numbers.get('t'), numbers.get('p')];
  if (memoryKiB === undefined || timeCost === undefined || parallelism === undefined)
    return undefined;
  // With three numbers found, an item more is a repeated or an unknown one.
  if (items.length !== (keyIdText === undefined ? 3 : 4)) return undefined;
  if (keyIdText !== undefined && !keyId) return undefined;
  if (Math.max(memoryKiB, timeCost, parallelism) > MAX_UINT32) return undefined;
  return { memoryKiB, timeCost, parallelism, ...(keyId && { keyId }) };
}

function isVariant(text: string | undefined): text is Argon2Variant {
  return text === 'argon2id' || text === 'argon2i' || text === 'argon2d';
}

function decodeWithin(text: string, { min, max }: { min: number; max: number }) {
  const bytes = decodeUnpaddedBase64(text);
  return bytes && bytes.length >= min && bytes.length <= max ? bytes : undefined;
}
