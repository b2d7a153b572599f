import { refuseUnknown } from '../../common/refuse-unknown.js';
import { MAC_BYTES, type MacAlgorithm } from './compute-mac.js';
import { MAC_DECODERS, type MacEncoding, type MacFormat } from './mac-format.js';
import { macKeysOf, type MacKey, type RawMacKeys } from './mac-key.js';

/** How {@link HmacService} signs and verifies data. */
export interface SignOptions {
  /**
   * A key that is shared with other software, instead of one derived from the top-level `keys`; of a list, the
   * first signs and all verify. Whatever else is signed with it is a signature here, too: use it for nothing else.
   *
   * @default derived from the top-level `keys`
   */
  key?: MacKey | readonly MacKey[];
  /**
   * The hash of the HMAC. `sha1` only with a `key`, for partners that know nothing better: in HMAC it is not
   * broken, but nothing new should rest on it.
   *
   * @default 'sha256'
   */
  algorithm?: MacAlgorithm;
  /**
   * How the MAC is spelt.
   *
   * @default 'hex'
   */
  encoding?: MacEncoding;
  /**
   * What stands before the MAC: up to 64 visible ASCII characters; `''` for nothing.
   *
   * @default the algorithm and `=`, as `sha256=`
   */
  prefix?: string;
}

/** {@link SignOptions} after checking. */
export interface ResolvedSignOptions extends MacFormat {
  /** The keys of the call; `undefined` for those of the ring. */
  readonly keys: RawMacKeys | undefined;
}

const NAMES = ['key', 'algorithm', 'encoding', 'prefix'];
const PREFIX = /^[\x21-\x7e]{0,64}$/;
const DEFAULTS: ResolvedSignOptions = Object.freeze({
  keys: undefined,
  algorithm: 'sha256',
  encoding: 'hex',
  prefix: 'sha256=',
});

/**
 * Checks the options of a call.
 *
 * @param others names of options that the call has beside these
 * @throws TypeError for an option that is unknown or has another value than it may have, and for an unfit key
 */
export function resolveSignOptions(
  options: SignOptions | undefined,
  others: readonly string[] = [],
): ResolvedSignOptions {
  if (options === undefined) return DEFAULTS;
  refuseUnknown(options, others.length === 0 ? NAMES : [...NAMES, ...others], 'the call');
  const { key, algorithm = 'sha256', encoding = 'hex' } = options;
  const { prefix = `${algorithm}=` } = options;
  checkName(algorithm, MAC_BYTES, 'algorithm');
  checkName(encoding, MAC_DECODERS, 'encoding');
  // Given and undefined is most likely a variable that is not set: signing with the ring would hide that.
  if ('key' in options && key === undefined) throw new TypeError('key is undefined');
  if (algorithm === 'sha1' && key === undefined) {
    throw new TypeError(
      'sha1 is for keys shared with software that knows nothing better: give key',
    );
  }
  if (typeof prefix !== 'string' || !PREFIX.test(prefix)) {
    throw new TypeError('prefix must be up to 64 visible ASCII characters');
  }
  return { keys: key === undefined ? undefined : macKeysOf(key), algorithm, encoding, prefix };
}

function checkName(name: unknown, known: object, option: string): void {
  if (typeof name === 'string' && Object.hasOwn(known, name)) return;
  throw new TypeError(`${option} must be one of ${Object.keys(known).join(', ')}`);
}
