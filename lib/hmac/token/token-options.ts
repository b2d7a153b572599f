import { refuseUnknown } from '../../common/refuse-unknown.js';
import { checkTtlSeconds } from '../mac/ttl.js';

/** How a token is signed. */
export interface SignTokenOptions {
  /** How long it is valid, in whole seconds, 1 to `hmac.maxTokenTtlSeconds` (90 days unless raised). */
  ttlSeconds: number;
  /** What it is for, such as `password-reset`: 1 to 256 characters. Each purpose has a key of its own. */
  purpose: string;
  /**
   * For whom it is, such as the name of a service: 1 to 256 characters. Whoever verifies it has to give the same.
   *
   * @default none
   */
  audience?: string;
  /**
   * Since when it is valid, in whole seconds since the Unix epoch, before it expires.
   *
   * @default at once
   */
  notBefore?: number;
  /**
   * Whether it can be used once only: `consumeToken` takes it, `verifyToken` does not.
   *
   * @default false
   */
  oneTime?: boolean;
}

/** What a token must be to be accepted. */
export interface VerifyTokenOptions {
  /** What it is for, as it was signed. */
  purpose: string;
  /**
   * For whom it is, as it was signed: a token with an audience is refused where none is given, and the reverse.
   *
   * @default none
   */
  audience?: string;
  /**
   * Accepts a token only as long as if it had been signed with this `ttlSeconds`, 1 to 315360000.
   *
   * @default no limit but its own
   */
  maxAgeSeconds?: number;
}

const MAX_NAME = 256;

/**
 * @param maxTtlSeconds the longest life
 * @throws TypeError for an option that is unknown or out of bounds
 */
export function checkSignTokenOptions(options: SignTokenOptions, maxTtlSeconds: number): void {
  const known = ['ttlSeconds', 'purpose', 'audience', 'notBefore', 'oneTime'];
  checkCommon(options, known);
  const mend = ', which hmac.maxTokenTtlSeconds can raise';
  checkTtlSeconds(options.ttlSeconds, { max: maxTtlSeconds, mend });
  const { notBefore = 0, oneTime = false } = options;
  if (!Number.isSafeInteger(notBefore) || notBefore < 0) {
    throw new TypeError('notBefore must be whole seconds since the Unix epoch');
  }
  if (typeof oneTime !== 'boolean') throw new TypeError('oneTime must be true or false');
}

/** @throws TypeError for an option that is unknown or out of bounds */
export function checkVerifyTokenOptions(options: VerifyTokenOptions): void {
  checkCommon(options, ['purpose', 'audience', 'maxAgeSeconds']);
  const { maxAgeSeconds } = options;
  if (maxAgeSeconds !== undefined) checkTtlSeconds(maxAgeSeconds, { name: 'maxAgeSeconds' });
}

function checkCommon(
  options: { purpose: string; audience?: string },
  known: readonly string[],
): void {
  if (typeof options !== 'object' || options === null) throw new TypeError('options are missing');
  refuseUnknown(options, known, 'the call');
  checkName(options.purpose, 'purpose');
  if (options.audience !== undefined) checkName(options.audience, 'audience');
}

/** @throws TypeError for anything but well-formed text of 1 to 256 characters */
export function checkName(name: unknown, option: string): void {
  const isFit = typeof name === 'string' && name.length >= 1 && name.length <= MAX_NAME;
  if (isFit && name.isWellFormed()) return;
  throw new TypeError(
    `${option} must be text of 1 to ${MAX_NAME} characters without lone surrogates`,
  );
}
