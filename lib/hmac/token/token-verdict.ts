/**
 * Why a token was refused; for logs, never for whoever sent it. Of the last five, the token is genuine.
 * - `missing`: `undefined`, `null` or `''`
 * - `malformed`: not spelt as a token is
 * - `unknown-key`, `revoked-key`: it names a key that the ring does not have, or that was revoked
 * - `mismatch`: forged, damaged, or of another purpose
 * - `wrong-audience`, `not-yet-valid`, `expired`
 * - `one-time`, `not-one-time`: given to `verifyToken` or `consumeToken`, and the other one would take it
 * - `used`: a one-time token that was consumed before
 */
export type TokenRefusal =
  | 'missing'
  | 'malformed'
  | 'unknown-key'
  | 'revoked-key'
  | 'mismatch'
  | 'wrong-audience'
  | 'not-yet-valid'
  | 'expired'
  | 'one-time'
  | 'not-one-time'
  | 'used';

/** A token that is accepted. */
export interface AcceptedToken<Data> {
  /** It is genuine, and valid here and now. */
  readonly ok: true;
  /** What was signed. That it has the type is not checked: it is what your own `signToken` was given. */
  readonly data: Data;
  /** When it was signed, in seconds since the Unix epoch. */
  readonly issuedAt: number;
  /** Since when it is no longer valid, in seconds since the Unix epoch. */
  readonly expiresAt: number;
  /** The key that signed it. */
  readonly keyId: string;
  /** Whether another key than the primary signed it: sign it anew where it is kept. */
  readonly needsResign: boolean;
}

/** A token that is refused. */
export interface RefusedToken {
  /** It is not. */
  readonly ok: false;
  /** Why. */
  readonly reason: TokenRefusal;
}

/** What verifying a token gives. */
export type TokenVerdict<Data> = AcceptedToken<Data> | RefusedToken;
