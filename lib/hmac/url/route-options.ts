import { refuseUnknown } from '../../common/refuse-unknown.js';
import type { RouteValues } from './route-url.js';
import type { SignUrlOptions, UrlRule } from './url-options.js';

/**
 * How the URL of a route is signed. What `@SignedUrl()` says of the route holds; it may be repeated, and is needed
 * only where the route has no `@SignedUrl()`.
 */
export type SignRouteOptions = RouteValues & Partial<SignUrlOptions>;

type RouteRule = UrlRule & { readonly oneTime?: boolean };

const RULE = ['purpose', 'ignoreQuery', 'absolute', 'oneTime'] as const;
const OTHERS = ['params', 'query', 'ttlSeconds', 'expiresAt', 'method'];

/**
 * How to sign, by what the route says and what the call says.
 *
 * @param name of the route, for messages
 * @param routeMethod `undefined` for a route of all methods
 * @throws TypeError for an unknown option, one that contradicts the route, or none where one is needed
 */
export function routeOptions(
  options: SignRouteOptions,
  name: string,
  { rule, method: routeMethod }: { rule: RouteRule | undefined; method: string | undefined },
): SignUrlOptions {
  refuseUnknown(options, [...OTHERS, ...RULE], 'the call');
  const { params: _, query: __, ...asked } = options;
  const { purpose = rule?.purpose, method = routeMethod } = asked;
  const isContradicted =
    (routeMethod !== undefined && method !== routeMethod) ||
    (rule !== undefined && RULE.some((option) => !agrees(asked[option], rule[option])));
  if (isContradicted) throw new TypeError(`the options contradict what ${name} says of itself`);
  if (purpose === undefined) {
    throw new TypeError(`${name} has no @SignedUrl({ purpose }): give it one, or give the purpose`);
  }
  if (method === undefined) throw new TypeError(`${name} takes all methods: give the method`);
  return { ...asked, ...rule, purpose, method };
}

function agrees(asked: unknown, said: unknown): boolean {
  return asked === undefined || JSON.stringify(asked) === JSON.stringify(said ?? false);
}
