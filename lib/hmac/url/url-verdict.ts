/**
 * Why a signed URL was refused; for logs, never for whoever sent it. Of the last four, the URL is genuine.
 * - `missing`: it has no signature
 * - `malformed`: not spelt as a signed URL is, or with something behind the signature that is not ignored
 * - `unknown-key`, `revoked-key`: it names a key that the ring does not have, or that was revoked
 * - `mismatch`: forged, changed, or of another purpose, method or origin
 * - `expired`
 * - `one-time`, `not-one-time`: given to `verifyUrl` or `consumeUrl`, and the other one would take it. HEAD does
 * not use a one-time URL up, and is refused as `one-time`, too
 * - `used`: a one-time URL that was consumed before
 */
export type UrlRefusal =
  | 'missing'
  | 'malformed'
  | 'unknown-key'
  | 'revoked-key'
  | 'mismatch'
  | 'expired'
  | 'one-time'
  | 'not-one-time'
  | 'used';

/** A signed URL that is accepted. */
export interface AcceptedUrl {
  /** It is genuine and valid. */
  readonly ok: true;
  /** Since when it is no longer valid, in seconds since the Unix epoch. */
  readonly expiresAt: number;
  /** The key that signed it. */
  readonly keyId: string;
  /** Whether another key than the primary signed it: sign it anew where it is kept. */
  readonly needsResign: boolean;
}

/** A signed URL that is refused. */
export interface RefusedUrl {
  /** It is not, or is valid no more. */
  readonly ok: false;
  /** Why. */
  readonly reason: UrlRefusal;
}

/** What verifying a signed URL gives. */
export type UrlVerdict = AcceptedUrl | RefusedUrl;
