import { MAX_URL_LENGTH, parameterName, RESERVED_NAMES } from './url-format.js';

const PATH = /^\/(?!\/)[A-Za-z0-9\-._~!$&'()*+,;=:@/%]*$/;
const QUERY = /^[A-Za-z0-9\-._~!$&()*+,;=:@/?%[\]]+$/;
const BROKEN_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
/** Browsers take these out of a path, whichever way they are spelt. */
const DOT_SEGMENT = /\/(\.|%2e){1,2}(\/|$)/i;

/** A URL taken apart, to be signed. */
export interface UrlToSign {
  readonly path: string;
  /** Empty when there is none. */
  readonly query: string;
}

/**
 * Takes path and query apart, and refuses what would not arrive as it was signed: clients encode, shorten or
 * never send it.
 *
 * @param url a path with or without a query; with the origin in front where there is one
 * @param ignored names that may stand behind the signature only
 * @throws TypeError saying what is wrong
 */
export function urlToSign(
  url: unknown,
  origin: string | undefined,
  ignored: readonly string[],
): UrlToSign {
  if (typeof url !== 'string' || url.length > MAX_URL_LENGTH)
    throw unfit(`must be text of at most ${MAX_URL_LENGTH} characters`);
  const target =
    origin !== undefined && url.startsWith(`${origin}/`) ? url.slice(origin.length) : url;
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  const query = mark === -1 ? '' : target.slice(mark + 1);
  if (!PATH.test(path))
    throw unfit(
      `must be a path that begins with one /${originHint(origin)}, with everything else than the letters, digits and signs of RFC 3986 percent-encoded, and without a fragment`,
    );
  if (mark !== -1 && !QUERY.test(query))
    throw unfit(
      "must have nothing in its query but the letters, digits and signs of RFC 3986, without ', and no fragment: percent-encode the others",
    );
  if (BROKEN_ESCAPE.test(target))
    throw unfit('has a % that no two hexadecimal digits follow: write %25');
  if (DOT_SEGMENT.test(path))
    throw unfit('has . or .. as a part of its path, which clients take out');
  checkNames(query, ignored);
  return { path, query };
}

function originHint(origin: string | undefined): string {
  return origin === undefined ? '' : `, or with hmac.publicOrigin before it`;
}

function checkNames(query: string, ignored: readonly string[]): void {
  for (const segment of query.split('&')) {
    const name = parameterName(segment);
    if (name === undefined) throw unfit('has a parameter whose name is no UTF-8');
    if (RESERVED_NAMES.includes(name))
      throw unfit(`has a parameter "${name}", which signing adds itself`);
    if (ignored.includes(name))
      throw unfit(`has a parameter "${name}", which ignoreQuery leaves out`);
  }
}

function unfit(problem: string): TypeError {
  return new TypeError(`the URL ${problem}`);
}
