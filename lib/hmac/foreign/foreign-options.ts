import { refuseUnknown } from '../../common/refuse-unknown.js';
import { MAC_BYTES } from '../mac/compute-mac.js';

const COMMON = ['key', 'salt', 'algorithm', 'maxAgeSeconds', 'clock'];

interface ForeignOptions {
  readonly form: string;
  readonly salt?: string;
  readonly algorithm?: string;
  readonly maxAgeSeconds?: number;
}

/**
 * Checks what the readers have in common, and the options that may have certain names only.
 *
 * @param names the names that each of these options may have
 * @param untimed the forms that say no time, so that none of them would ever be too old
 * @throws TypeError for an option that is missing, unknown or has another value than it may have
 */
export function checkForeignOptions(
  options: ForeignOptions,
  names: { readonly form: readonly string[]; readonly keyDerivation?: readonly string[] },
  untimed: readonly string[],
): void {
  refuseUnknown(options, [...COMMON, ...Object.keys(names)], 'the call');
  const { salt = '', algorithm = 'sha1', maxAgeSeconds = 0 } = options;
  if (typeof salt !== 'string' || !salt.isWellFormed()) {
    throw new TypeError('salt must be a string without lone surrogates');
  }
  if (!Number.isSafeInteger(maxAgeSeconds) || maxAgeSeconds < 0) {
    throw new TypeError('maxAgeSeconds must be a whole number of seconds, 0 or more');
  }
  checkOneOf(algorithm, Object.keys(MAC_BYTES), 'algorithm');
  const given = new Map<string, unknown>(Object.entries(options));
  for (const [option, known] of Object.entries(names)) {
    if (option === 'form' || given.get(option) !== undefined) {
      checkOneOf(given.get(option), known, option);
    }
  }
  if (options.maxAgeSeconds !== undefined && untimed.includes(options.form)) {
    throw new TypeError(`${options.form} signs no time: leave maxAgeSeconds out`);
  }
}

function checkOneOf(value: unknown, known: readonly string[], option: string): void {
  if (typeof value === 'string' && known.includes(value)) return;
  throw new TypeError(`${option} must be one of ${known.join(', ')}`);
}
