import type { Keyring } from '../../keyring/keyring.js';
import { matchesAnyMac } from '../mac/verify-mac.js';
import { namedKey } from '../named-key.js';
import { decodeClaims, type TokenClaims } from './token-claims.js';
import { parseToken } from './token-format.js';
import type { RefusedToken, TokenRefusal } from './token-verdict.js';
import type { VerifyTokenOptions } from './token-options.js';

/** A token whose MAC held. */
export interface GenuineToken {
  readonly ok: true;
  readonly claims: TokenClaims;
  readonly keyId: string;
  readonly needsResign: boolean;
}

/** Verifies the MAC of a token, then reads its claims; no time is looked at. */
export function openToken(
  token: unknown,
  keyring: Keyring,
  purpose: string,
): GenuineToken | RefusedToken {
  if (token === undefined || token === null || token === '') return refused('missing');
  const parts = parseToken(token);
  if (!parts) return refused('malformed');
  const key = namedKey(keyring, 'hmac-token', [purpose], parts.keyId);
  if (typeof key === 'string') return refused(key);
  if (!matchesAnyMac([key.key], parts.signed, parts.mac, 'sha256')) return refused('mismatch');
  const claims = decodeClaims(parts.claims);
  if (!claims) return refused('malformed');
  return { ok: true, claims, keyId: key.id, needsResign: key.state !== 'primary' };
}

/** Why the claims of a genuine token do not fit this call and this time; `undefined` when they do. */
export function judgeClaims(
  { iat, exp, nbf = 0, aud }: TokenClaims,
  { audience, maxAgeSeconds = Infinity }: VerifyTokenOptions,
  now: number,
): TokenRefusal | undefined {
  if (now < nbf) return 'not-yet-valid';
  if (now >= Math.min(exp, iat + maxAgeSeconds)) return 'expired';
  return aud === audience ? undefined : 'wrong-audience';
}

function refused(reason: TokenRefusal): RefusedToken {
  return { ok: false, reason };
}
