/** A value that stands in a URL as text. */
export type UrlValue = string | number | boolean;

/** What a route is filled with. */
export interface RouteValues {
  /**
   * A value for each parameter of the path, `:id`.
   *
   * @default none
   */
  params?: Readonly<Record<string, UrlValue>>;
  /**
   * The query, in this order; a list gives its name several times.
   *
   * @default none
   */
  query?: Readonly<Record<string, UrlValue | readonly UrlValue[]>>;
}

const PARAMETER = /:([A-Za-z0-9_]+)/g;
/** What stands for more than one path, in any of the syntaxes that Express and Fastify have had. */
const PATTERN = /[*{}()?+[\]\\!]|:(?![A-Za-z0-9_])/;

/**
 * Fills the template of a route, everything percent-encoded.
 *
 * @param name of the route, for messages
 * @throws TypeError for a template with more than plain parameters, for a value that is missing, empty, unknown,
 * `.` or `..`, or no text, number or boolean
 */
export function routeUrl(
  template: string,
  name: string,
  { params = {}, query = {} }: RouteValues,
): string {
  if (PATTERN.test(template)) {
    throw new TypeError(
      `the path of ${name} has more than plain parameters: put its URL together yourself`,
    );
  }
  const known = Array.from(template.matchAll(PARAMETER), ([, parameter = '']) => parameter);
  const unknown = Object.keys(params).find((parameter) => !known.includes(parameter));
  if (unknown !== undefined)
    throw new TypeError(`the path of ${name} has no parameter "${unknown}"`);
  const path = template.replaceAll(PARAMETER, (_, parameter: string) => {
    const text = Object.hasOwn(params, parameter)
      ? encoded(params[parameter], `params.${parameter}`)
      : '';
    if (text !== '' && text !== '.' && text !== '..') return text;
    throw new TypeError(
      `params.${parameter} is missing, empty, or a dot segment, and ${name} needs it`,
    );
  });
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    [value]
      .flat()
      .map((each) => `${encoded(key, 'a name of query')}=${encoded(each, `query.${key}`)}`),
  );
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

/** Percent-encodes all but the unreserved characters of RFC 3986. */
function encoded(value: unknown, what: string): string {
  const text = typeof value === 'number' && !Number.isFinite(value) ? undefined : value;
  if (!['string', 'number', 'boolean'].includes(typeof text) || !String(text).isWellFormed()) {
    throw new TypeError(`${what} must be well-formed text, a number or a boolean`);
  }
  return encodeURIComponent(String(text)).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
