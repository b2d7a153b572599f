import { timingSafeEqual } from 'node:crypto';
import {
  checkMacData,
  startMac,
  type MacAlgorithm,
  type MacData,
  type RawMacKey,
} from './compute-mac.js';
import { parseSignature, type MacFormat } from './mac-format.js';

/** Why a signature does not hold: there is none, it is not spelt as ours are, or it is of something else. */
export type SignatureProblem = 'missing' | 'malformed' | 'mismatch';

/**
 * What is wrong with a signature of data; `undefined` when it is genuine under any of the keys.
 *
 * @param signature what came with the data; anything at all
 * @throws TypeError for data that is neither text nor bytes nor a list of these, and for ill-formed text
 */
export function problemOfSignature(
  keys: readonly RawMacKey[],
  data: MacData,
  signature: unknown,
  format: MacFormat,
): SignatureProblem | undefined {
  const received = parseSignature(signature, format);
  if (received) {
    return matchesAnyMac(keys, data, received, format.algorithm) ? undefined : 'mismatch';
  }
  // The data is judged whatever the signature is like, so that a mistake shows at the first call.
  checkMacData(data);
  return signature === undefined || signature === null || signature === ''
    ? 'missing'
    : 'malformed';
}

/**
 * Tells whether a MAC is that of the data under any of the keys. Every key is tried whatever the others gave,
 * and compared in constant time.
 *
 * @throws TypeError for data of another type
 */
export function matchesAnyMac(
  keys: readonly RawMacKey[],
  data: MacData,
  received: Uint8Array,
  algorithm: MacAlgorithm,
): boolean {
  let isMatched = false;
  for (const key of keys) {
    const expected = startMac(algorithm, key, data).digest();
    if (expected.length === received.length && timingSafeEqual(expected, received))
      isMatched = true;
  }
  return isMatched;
}
