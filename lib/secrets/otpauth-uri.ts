import { Secret } from '../common/secret.js';
import type { OneTimePasswordKey } from './one-time-password.js';
import type { ResolvedTotpOptions } from './totp.options.js';

/** Whose authenticator is set up. */
export interface OtpauthAccount {
  /** The user's name at your service, such as an e-mail address; without a colon. */
  account: string;
  /**
   * The name of your service; without a colon.
   *
   * @default the option `totp.issuer`
   */
  issuer?: string;
  /**
   * The first counter of a counter-based password (HOTP), a whole number from 0.
   *
   * @default none: the password is time-based
   */
  counter?: number;
}

/**
 * The `otpauth://` address that sets up an authenticator (Key Uri Format). It holds the key, hence the
 * {@link Secret}.
 *
 * @throws TypeError for a name that is missing, empty, or has a colon or a lone surrogate
 */
export function otpauthUri(
  { otpauth, key }: OneTimePasswordKey,
  { account, issuer, counter }: OtpauthAccount,
  { algorithm, digits, periodSeconds: period, issuer: ownIssuer }: ResolvedTotpOptions,
): Secret {
  const settings = {
    secret: key,
    algorithm,
    digits,
    label: checkName(account, 'account'),
    issuer: checkName(issuer ?? ownIssuer, 'issuer'),
  };
  const password =
    counter === undefined
      ? new otpauth.TOTP({ ...settings, period })
      : new otpauth.HOTP({ ...settings, counter });
  return Secret.of(password.toString());
}

function checkName(name: unknown, what: string): string {
  // A colon separates the two names; authenticators decode before they split.
  if (typeof name !== 'string' || name === '' || name.includes(':') || !name.isWellFormed()) {
    throw new TypeError(`${what} must be a non-empty text without a colon`);
  }
  return name;
}
