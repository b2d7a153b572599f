import { refuseUnknown } from '../../common/refuse-unknown.js';
import type { RequestFacts } from '../../context/http-request.js';
import { checkName } from '../token/token-options.js';
import { checkTtlSeconds, MAX_TTL_SECONDS } from '../mac/ttl.js';
import { RESERVED_NAMES } from './url-format.js';

/** What a signed URL is for, the same at signing and at verifying. */
export interface UrlRule {
  /** What it is for, such as `download`: 1 to 256 characters. Each purpose has a key of its own. */
  purpose: string;
  /**
   * Query parameters that may be added behind the signature, such as `utm_source`: at most 32 names of 1 to 64 of
   * `A-Z a-z 0-9 . _ ~ -`. They are not signed, so believe nothing that they say.
   *
   * @default none
   */
  ignoreQuery?: readonly string[];
  /**
   * Whether it is bound to `hmac.publicOrigin`, so that it is not valid on another host that has the same keys.
   *
   * @default false
   */
  absolute?: boolean;
}

/** How a URL is signed: what for, and until when, by one of `ttlSeconds` and `expiresAt`. */
export interface SignUrlOptions extends UrlRule {
  /** How long it is valid, in whole seconds, 1 to 315360000 (3,650 days). */
  ttlSeconds?: number;
  /** Until when it is valid, to the second; not later than in 3,650 days. */
  expiresAt?: Date;
  /**
   * The HTTP method for which it is valid, in capitals; GET is also for HEAD.
   *
   * @default 'GET'
   */
  method?: string;
  /**
   * Whether it can be used once only: `consumeUrl` takes it, `verifyUrl` does not.
   *
   * @default false
   */
  oneTime?: boolean;
}

/** A request whose URL is to be verified. */
export interface SignedUrlRequest extends UrlRule {
  /** The HTTP method of the request. */
  method: string | undefined;
  /** Path and query exactly as they came: `request.originalUrl`, never decoded or put together again. */
  url: unknown;
  /** Where it came from, for the audit log. */
  facts?: RequestFacts;
}

const METHOD = /^[A-Z][A-Z-]{0,31}$/;
const IGNORABLE = /^[A-Za-z0-9._~-]{1,64}$/;
const MAX_IGNORED = 32;
const RULE = ['purpose', 'ignoreQuery', 'absolute'];

/** @throws TypeError for an option that is missing, unknown or out of bounds */
export function checkSignUrlOptions(options: SignUrlOptions): void {
  const own = ['ttlSeconds', 'expiresAt', 'method', 'oneTime'];
  checkUrlRule(options, [...RULE, ...own]);
  const { method = 'GET', oneTime = false } = options;
  if (typeof method !== 'string' || !METHOD.test(method)) {
    throw new TypeError('method must be an HTTP method in capitals');
  }
  if (typeof oneTime !== 'boolean') throw new TypeError('oneTime must be true or false');
}

/** @throws TypeError for an option that is missing, unknown or out of bounds; never for method and url */
export function checkSignedUrlRequest(request: SignedUrlRequest): void {
  checkUrlRule(request, [...RULE, 'method', 'url', 'facts']);
}

/** @throws TypeError for an option that is missing, unknown or out of bounds */
export function checkUrlRule(rule: UrlRule, known: readonly string[] = RULE): void {
  if (typeof rule !== 'object' || rule === null) throw new TypeError('options are missing');
  refuseUnknown(rule, known, 'the call');
  const { purpose, ignoreQuery = [], absolute = false } = rule;
  checkName(purpose, 'purpose');
  if (typeof absolute !== 'boolean') throw new TypeError('absolute must be true or false');
  const isList = Array.isArray(ignoreQuery) && ignoreQuery.length <= MAX_IGNORED;
  if (!isList || !ignoreQuery.every(isIgnorable)) {
    throw new TypeError(
      `ignoreQuery must list at most ${MAX_IGNORED} names of the characters A-Z a-z 0-9 . _ ~ -, other than ${RESERVED_NAMES.join(', ')}`,
    );
  }
}

function isIgnorable(name: unknown): boolean {
  return typeof name === 'string' && IGNORABLE.test(name) && !RESERVED_NAMES.includes(name);
}

/**
 * The second at which a URL expires.
 *
 * @param now seconds since the Unix epoch
 * @throws TypeError unless one of `ttlSeconds` and `expiresAt` is given, and lies within bounds
 */
export function expiryOf({ ttlSeconds, expiresAt }: SignUrlOptions, now: number): number {
  if ((ttlSeconds === undefined) === (expiresAt === undefined)) {
    throw new TypeError('one of ttlSeconds and expiresAt must be given');
  }
  if (expiresAt === undefined) {
    checkTtlSeconds(ttlSeconds);
    return now + ttlSeconds;
  }
  const expiry = expiresAt instanceof Date ? Math.floor(expiresAt.getTime() / 1000) : NaN;
  if (expiry > now && expiry <= now + MAX_TTL_SECONDS) return expiry;
  throw new TypeError('expiresAt must be a Date in the future, and within 3,650 days');
}
