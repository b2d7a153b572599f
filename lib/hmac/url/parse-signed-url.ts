import { decodeBase64Url } from '../../common/encoding.js';
import { MAX_URL_LENGTH, parameterName, RESERVED_NAMES } from './url-format.js';

const TARGET = /^(\/[\x21\x22\x24-\x3e\x40-\x7e]*)\?([\x21\x22\x24-\x7e]*)$/;
const SIGNED_BY =
  /^(?:|.*&)expires=([1-9]\d{0,11})(?:&once=([A-Za-z0-9_-]{22}))?&keyid=([A-Za-z0-9_-]{1,32})$/;
const SIGNATURE = 'signature=';
const MAC_LENGTH = 43;

/** A signed URL taken apart. Nothing has proved any of it yet. */
export interface SignedUrlParts {
  readonly path: string;
  /** What is signed of the query. */
  readonly query: string;
  /** Valid while the time, in seconds since the Unix epoch, is below this. */
  readonly expiresAt: number;
  /** What makes a one-time URL unique; others have none. */
  readonly once: string | undefined;
  readonly keyId: string;
  readonly mac: Buffer;
}

/**
 * Takes a signed URL apart. Its length is looked at first.
 *
 * @param url path and query as they came; anything at all
 * @param ignored names that may stand behind the signature
 * @returns why not, for whatever is not spelt exactly as signing spells it
 */
export function parseSignedUrl(
  url: unknown,
  ignored: readonly string[],
): SignedUrlParts | 'missing' | 'malformed' {
  if (typeof url !== 'string' || url.length > MAX_URL_LENGTH) return 'malformed';
  if (!url.includes(SIGNATURE)) return 'missing';
  const [, path, wholeQuery = ''] = TARGET.exec(url) ?? [];
  const parameters = wholeQuery.split('&');
  const at = parameters.findIndex((parameter) => parameter.startsWith(SIGNATURE));
  if (path === undefined || at === -1) return 'malformed';
  const before = parameters.slice(0, at);
  const query = before.join('&');
  const [, expires, once, keyId] = SIGNED_BY.exec(query) ?? [];
  const mac = macOf(parameters[at]?.slice(SIGNATURE.length));
  if (keyId === undefined || mac === undefined) return 'malformed';
  const own = before.slice(0, once === undefined ? -2 : -3);
  const isUnambiguous = own.every((parameter) => isSignable(parameter, ignored));
  if (!isUnambiguous || !parameters.slice(at + 1).every((each) => isIgnored(each, ignored)))
    return 'malformed';
  return { path, query, expiresAt: Number(expires), once, keyId, mac };
}

function macOf(text = ''): Buffer | undefined {
  return text.length === MAC_LENGTH ? decodeBase64Url(text) : undefined;
}

/** Handlers would not know which of two parameters was signed. */
function isSignable(parameter: string, ignored: readonly string[]): boolean {
  const name = parameterName(parameter);
  return name !== undefined && !RESERVED_NAMES.includes(name) && !ignored.includes(name);
}

function isIgnored(parameter: string, ignored: readonly string[]): boolean {
  const [name = ''] = parameter.split('=', 1);
  return ignored.includes(name);
}
