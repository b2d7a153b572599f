import { lengthPrefixed } from '../../common/length-prefixed.js';

/** The longest signed URL, path and query, in characters. */
export const MAX_URL_LENGTH = 8 * 1024;

/** The parameters that signing appends, in this order; `once` stands in one-time URLs only. */
export const RESERVED_NAMES: readonly string[] = ['expires', 'once', 'keyid', 'signature'];

const VERSION = 'u1';

/** What the MAC of a URL binds together. */
export interface SignedUrlFacts {
  readonly method: string;
  /** The public origin of a URL that is bound to it, otherwise empty. */
  readonly origin: string;
  /** The path as it stands in the request. */
  readonly path: string;
  /** The query as it stands in the request, up to `&signature=` and without it. */
  readonly query: string;
}

/** What the MAC is over: version, method, origin, path and query, each with its length before it. */
export function urlMessage({ method, origin, path, query }: SignedUrlFacts): Buffer {
  return lengthPrefixed([VERSION, method === 'HEAD' ? 'GET' : method, origin, path, query]);
}

/** The query that is signed: that of the URL, then what is said of the signature. */
export function signedQuery(
  query: string,
  { expires, once, keyId }: { expires: number; once: string | undefined; keyId: string },
): string {
  const own = query === '' ? [] : [query];
  const nonce = once === undefined ? [] : [`once=${once}`];
  return [...own, `expires=${expires}`, ...nonce, `keyid=${keyId}`].join('&');
}

/**
 * The name of a query parameter as parsers understand it: decoded, without what stands in brackets behind it.
 *
 * @returns `undefined` when it does not decode
 */
export function parameterName(segment: string): string | undefined {
  const [name = ''] = segment.split('=', 1);
  try {
    return decodeURIComponent(name.replaceAll('+', ' ')).split('[', 1)[0];
  } catch {
    return undefined;
  }
}
