import { SecurityConfigurationError } from '../errors/security-configuration.error.js';
import type { ResolvedHmacOptions } from './hmac.options.js';

/**
 * The origin under which clients reach the application.
 *
 * @param cannot what cannot be done without it, to begin the message
 * @throws SecurityConfigurationError `MAC_PUBLIC_ORIGIN_MISSING` when the options do not tell it
 */
export function publicOriginOf({ publicOrigin }: ResolvedHmacOptions, cannot: string): string {
  if (publicOrigin !== undefined) return publicOrigin;
  const message = 'is not given: give it, or set SECURITY_HMAC_PUBLIC_ORIGIN.';
  throw new SecurityConfigurationError(
    'MAC_PUBLIC_ORIGIN_MISSING',
    [{ option: 'hmac.publicOrigin', message }],
    cannot,
  );
}
