import { decodeUnpaddedBase64 } from '../../common/encoding.js';
import { refuseUnknown } from '../../common/refuse-unknown.js';
import { foreignKeysOf, type MacKey } from '../mac/mac-key.js';
import { openForeign } from './foreign-text.js';
import type { ForeignVerdict } from './foreign-verdict.js';

/** How a value of cookie-signature was signed. */
export interface CookieSignatureOptions {
  /** The secret; of a list, any may have signed. Short ones are accepted. */
  key: MacKey | readonly MacKey[];
}

/**
 * Reads a value that the package cookie-signature signed, as `cookie-parser` and `express-session` have it behind
 * `s:`, while an application moves to `signCookie`. It says neither for which cookie it was signed nor when.
 *
 * @param signed anything at all, up to 8,192 characters, decoded (`decodeURIComponent`) and without the `s:`
 * @throws TypeError for an option that is unknown, no key, or one of another type
 * @example
 * readCookieSignature(decodeURIComponent(cookie).slice(2), { key: sessionSecret });
 */
export function readCookieSignature(
  signed: unknown,
  options: CookieSignatureOptions,
): ForeignVerdict<string> {
  refuseUnknown(options, ['key'], 'the call');
  const form = { separator: '.', algorithm: 'sha256', decode: decodeUnpaddedBase64 } as const;
  return openForeign(signed, foreignKeysOf(options.key), form);
}
