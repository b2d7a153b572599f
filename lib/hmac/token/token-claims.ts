import type { JsonValue } from '../payload/check-json.js';

/** What a signed token says. Times are whole seconds since the Unix epoch. */
export interface TokenClaims {
  /** The data. */
  readonly d: JsonValue;
  /** Issued at. */
  readonly iat: number;
  /** Expires at: valid while the time is below this. */
  readonly exp: number;
  /** Not before. */
  readonly nbf?: number;
  /** For whom the token is. */
  readonly aud?: string;
  /** The id of a one-time token; others have none. */
  readonly jti?: string;
}

/** The JSON of claims: without white space, the members in this order, as `JSON.stringify` spells the values. */
export function encodeClaims({ d, iat, exp, nbf, aud, jti }: TokenClaims): string {
  return JSON.stringify({ d, iat, exp, nbf, aud, jti });
}

/**
 * Reads claims whose MAC held.
 *
 * @returns `undefined` for anything but the one spelling that {@link encodeClaims} gives: a member that is
 * unknown, missing, repeated, misplaced or of another type
 */
export function decodeClaims(bytes: Buffer): TokenClaims | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
  if (!isClaims(parsed)) return undefined;
  return Buffer.from(encodeClaims(parsed), 'utf8').equals(bytes) ? parsed : undefined;
}

function isClaims(value: unknown): value is TokenClaims {
  if (typeof value !== 'object' || value === null || !('d' in value)) return false;
  const { iat, exp, nbf, aud, jti }: Readonly<Record<string, unknown>> = { ...value };
  return (
    isSeconds(iat) &&
    isSeconds(exp) &&
    (nbf === undefined || isSeconds(nbf)) &&
    (aud === undefined || typeof aud === 'string') &&
    (jti === undefined || typeof jti === 'string')
  );
}

function isSeconds(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
