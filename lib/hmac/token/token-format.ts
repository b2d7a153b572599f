import { decodeBase64Url } from '../../common/encoding.js';

/** The longest token, in characters. */
export const MAX_TOKEN_LENGTH = 8 * 1024;

const TOKEN = /^(v1\.([A-Za-z0-9_-]{1,32})\.([A-Za-z0-9_-]+))\.([A-Za-z0-9_-]{43})$/;

/** A token taken apart. Nothing has proved any of it yet. */
export interface TokenParts {
  /** What the MAC is over: everything before the last dot. */
  readonly signed: string;
  /** The key that the token names. */
  readonly keyId: string;
  readonly claims: Buffer;
  readonly mac: Buffer;
}

/**
 * Takes a token `v1.<key id>.<base64url claims>.<base64url MAC>` apart. Its length is looked at first.
 *
 * @param token anything at all
 * @returns `undefined` for whatever is not spelt exactly so
 */
export function parseToken(token: unknown): TokenParts | undefined {
  if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH) return undefined;
  const [, signed, keyId, claimsText = '', macText = ''] = TOKEN.exec(token) ?? [];
  const [claims, mac] = [decodeBase64Url(claimsText), decodeBase64Url(macText)];
  if (signed === undefined || keyId === undefined || !claims || !mac) return undefined;
  return { signed, keyId, claims, mac };
}

/** What the MAC of a token is over: ASCII `v1.<key id>.<base64url claims>`. */
export function signedPart(keyId: string, claims: string): string {
  return `v1.${keyId}.${Buffer.from(claims, 'utf8').toString('base64url')}`;
}
