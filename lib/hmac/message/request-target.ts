import type { ComponentValues } from './signature-base.js';

/** Headers of a request by name: as Node gives them, or as they will be sent. */
export type MessageHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

const MAX_URL = 16 * 1024;
const METHOD = /^[A-Z][A-Z-]{0,31}$/;
/** Path and query as they stand in the first line of a request. */
const TARGET = /^(\/[\x21-\x22\x24-\x3e\x40-\x7e]*)(\?[\x21-\x22\x24-\x7e]*)?$/;
const FIELD = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/;

/** The components of a request that its first line gives. */
export type TargetValues = Required<
  Pick<ComponentValues, '@method' | '@authority' | '@path' | '@query'>
>;

/**
 * Method, authority, path and query of a request to this URL, as `fetch` sends them.
 *
 * @throws TypeError for a method that is not in capitals, and for anything but an http or https URL without
 * user and password
 */
export function outgoingTarget(method: string, url: string | URL): TargetValues {
  if (typeof method !== 'string' || !METHOD.test(method)) {
    throw new TypeError('method must be an HTTP method in capitals');
  }
  const { protocol, username, password, host, pathname, search } = urlOf(url);
  if (!/^https?:$/.test(protocol) || username !== '' || password !== '') {
    throw new TypeError('url must be an http or https URL without user and password');
  }
  return {
    '@method': method,
    '@authority': host,
    '@path': pathname,
    '@query': search === '' ? '?' : search,
  };
}

function urlOf(url: string | URL): URL {
  if (url instanceof URL) return url;
  if (typeof url === 'string' && url.length <= MAX_URL && URL.canParse(url)) return new URL(url);
  throw new TypeError('url must be an absolute URL');
}

/**
 * Method, authority, path and query of a request that came in.
 *
 * @param url path and query as they came, never decoded or put together again
 * @param authority that of the public origin: what the request says of its host is not believed
 * @returns `undefined` for what no client sends
 */
export function incomingTarget(
  method: unknown,
  url: unknown,
  authority: string,
): TargetValues | undefined {
  if (typeof method !== 'string' || !METHOD.test(method)) return undefined;
  if (typeof url !== 'string' || url.length > MAX_URL) return undefined;
  const [, path, query = '?'] = TARGET.exec(url) ?? [];
  if (path === undefined) return undefined;
  return { '@method': method, '@authority': authority, '@path': path, '@query': query };
}

/**
 * The one value of a header, whatever the case of its name.
 *
 * @returns `undefined` without it, `null` for several values, or one that is not plain ASCII without white space
 * at its ends
 */
export function fieldValue(headers: MessageHeaders, name: string): string | null | undefined {
  const values = Object.entries(headers).flatMap(([key, value]) =>
    key.toLowerCase() === name && value !== undefined ? [value].flat() : [],
  );
  const [value, ...others] = values;
  if (value === undefined) return undefined;
  return others.length === 0 && typeof value === 'string' && FIELD.test(value) ? value : null;
}
