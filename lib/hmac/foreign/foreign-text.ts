import { MAC_BYTES, type MacAlgorithm, type RawMacKey } from '../mac/compute-mac.js';
import { matchesAnyMac } from '../mac/verify-mac.js';
import { refusedForeign, type ForeignVerdict } from './foreign-verdict.js';

/** The longest text that is looked at, in characters. */
const MAX_LENGTH = 8 * 1024;

/** How the last part of a text signs what stands before it. */
export interface ForeignForm {
  readonly separator: string;
  readonly algorithm: MacAlgorithm;
  /** Decodes the last part. */
  readonly decode: (code: string) => Buffer | undefined;
}

/**
 * Verifies text of the form `<text><separator><MAC>`; the last separator counts.
 *
 * @param signed anything at all
 * @returns the text before the MAC
 */
export function openForeign(
  signed: unknown,
  keys: readonly RawMacKey[],
  { separator, algorithm, decode }: ForeignForm,
): ForeignVerdict<string> {
  if (signed === undefined || signed === null || signed === '') return refusedForeign('missing');
  if (typeof signed !== 'string' || signed.length > MAX_LENGTH) return refusedForeign('malformed');
  const [text, code] = splitLast(signed, separator) ?? [];
  const mac = code === undefined ? undefined : decode(code);
  if (mac?.length !== MAC_BYTES[algorithm] || text === undefined || !text.isWellFormed()) {
    return refusedForeign('malformed');
  }
  return matchesAnyMac(keys, text, mac, algorithm)
    ? { ok: true, value: text }
    : refusedForeign('mismatch');
}

/** What stands before and behind the last separator; `undefined` without one. */
export function splitLast(text: string, separator: string): [string, string] | undefined {
  const at = text.lastIndexOf(separator);
  return at === -1 ? undefined : [text.slice(0, at), text.slice(at + separator.length)];
}
