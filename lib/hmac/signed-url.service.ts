import { Inject, Injectable, type Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { randomBytes } from 'node:crypto';
import { RoutePaths } from '../context/route-paths.js';
import { SecurityEvents } from '../events/security-events.js';
import { Keyring } from '../keyring/keyring.js';
import { rememberedMs } from '../replay/remembered.js';
import { replayKey } from '../replay/replay-key.js';
import { ReplayStore } from '../replay/replay-store.js';
import { HmacCore } from './hmac-core.js';
import { HMAC_OPTIONS, type ResolvedHmacOptions } from './hmac.options.js';
import { startMac } from './mac/compute-mac.js';
import { matchesAnyMac } from './mac/verify-mac.js';
import { namedKey } from './named-key.js';
import { publicOriginOf } from './public-origin.js';
import { RouteUrlRule, type SignedUrlRule } from './signed-url-rule.js';
import { parseSignedUrl, type SignedUrlParts } from './url/parse-signed-url.js';
import { routeOptions, type SignRouteOptions } from './url/route-options.js';
import { routeUrl } from './url/route-url.js';
import { MAX_URL_LENGTH, signedQuery, urlMessage } from './url/url-format.js';
import {
  checkSignedUrlRequest,
  checkSignUrlOptions,
  expiryOf,
  type SignedUrlRequest,
  type SignUrlOptions,
} from './url/url-options.js';
import { urlToSign } from './url/url-to-sign.js';
import type { AcceptedUrl, RefusedUrl, UrlRefusal, UrlVerdict } from './url/url-verdict.js';

const ONCE_BYTES = 16;

/** A URL whose MAC and time held. */
interface GenuineUrl extends AcceptedUrl {
  readonly once: string | undefined;
}

/**
 * Signs URLs that open something for some time, and verifies them. `HmacService` has the same verbs.
 *
 * @example
 * const link = signedUrls.signUrl('/reports/7.pdf', { purpose: 'download', ttlSeconds: 3600 });
 */
@Injectable()
export class SignedUrlService {
  readonly #core: HmacCore;
  readonly #routes: RoutePaths;
  readonly #reflector: Reflector;

  constructor(
    @Inject(HMAC_OPTIONS) options: ResolvedHmacOptions,
    keyring: Keyring,
    replayStore: ReplayStore,
    events: SecurityEvents,
    routes: RoutePaths,
    reflector: Reflector,
  ) {
    this.#core = new HmacCore(options, keyring, replayStore, events);
    this.#routes = routes;
    this.#reflector = reflector;
  }

  /**
   * Signs a URL for one purpose, method and time: its path and its whole query, in their order and spelling.
   * Whoever has the URL can use it.
   *
   * @param url the path that the application will see, with or without a query, percent-encoded; with `absolute`,
   * also with `hmac.publicOrigin` before it
   * @returns the URL with `expires`, `keyid` and `signature` at its end, and `once` in a one-time URL; with
   * `absolute`, `hmac.publicOrigin` stands before it
   * @throws TypeError for an option that is missing, unknown or out of bounds, and for a URL that would not arrive
   * as it was signed: with a fragment, another origin, `//` at its start, a backslash, what is not percent-encoded,
   * `.` or `..` in its path, a parameter that signing adds itself, or more than 8,192 characters in all
   * @throws SecurityConfigurationError `MAC_PUBLIC_ORIGIN_MISSING` for `absolute` without `hmac.publicOrigin`
   * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
   * @example
   * signedUrls.signUrl('/unsubscribe?list=news', { purpose: 'unsubscribe', ttlSeconds: 2_592_000, method: 'POST' });
   */
  signUrl(url: string, options: SignUrlOptions): string {
    checkSignUrlOptions(options);
    const {
      purpose,
      ignoreQuery = [],
      absolute = false,
      method = 'GET',
      oneTime = false,
    } = options;
    const origin = absolute ? this.#publicOrigin() : undefined;
    const { path, query } = urlToSign(url, origin, ignoreQuery);
    const expires = expiryOf(options, this.#core.now());
    const once = oneTime ? randomBytes(ONCE_BYTES).toString('base64url') : undefined;
    const [{ id: keyId, key }] = this.#core.keyring.keysFor('hmac-url', [purpose]);
    const facts = {
      method,
      origin: origin ?? '',
      path,
      query: signedQuery(query, { expires, once, keyId }),
    };
    const mac = startMac('sha256', key, urlMessage(facts)).digest('base64url');
    const signed = `${path}?${facts.query}&signature=${mac}`;
    if (signed.length <= MAX_URL_LENGTH) return facts.origin + signed;
    throw new TypeError(`the signed URL would have more than ${MAX_URL_LENGTH} characters`);
  }

  /**
   * Signs the URL of a handler, with the global prefix and version that it has, for what its `@SignedUrl()` says. Of
   * several paths or versions, the first. Call it when the application has started.
   *
   * @param options one of `ttlSeconds` and `expiresAt`, the values of the path's parameters and of the query
   * @throws TypeError for what is no handler of this application; for a route whose URL its path alone does not say
   * (a host, a version in a header, patterns in the path); for a value that is missing or unknown; for an option that
   * contradicts the route; and as {@link SignedUrlService.signUrl} does
   * @throws SecurityConfigurationError, KeyringError as {@link SignedUrlService.signUrl} does
   * @example
   * signedUrls.signRoute(ReportsController, 'file', { params: { id: 7 }, ttlSeconds: 3600 });
   */
  signRoute<Controller extends object>(
    controller: Type<Controller>,
    handler: keyof Controller & string,
    options: SignRouteOptions,
  ): string {
    const name = `${controller.name}.${handler}`;
    const { path, method } = this.#routes.addressOf(controller, handler);
    const rule = this.#ruleOf(controller, handler);
    const how = routeOptions(options, name, { rule, method });
    return this.signUrl(routeUrl(path, name, options), how);
  }

  /**
   * Verifies the URL of a request: first its MAC, under the key that it names and no other, then its time. A
   * one-time URL is refused, see {@link SignedUrlService.consumeUrl}. Refusals are reported as `signature_refused`.
   *
   * @throws TypeError for an option that is missing, unknown or out of bounds, never for method and URL
   * @throws SecurityConfigurationError `MAC_PUBLIC_ORIGIN_MISSING` for `absolute` without `hmac.publicOrigin`
   * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
   * @example
   * const { method, originalUrl: url } = request;
   * const verdict = signedUrls.verifyUrl({ method, url, purpose: 'download' });
   */
  verifyUrl(request: SignedUrlRequest): UrlVerdict {
    const opened = this.#open(request);
    if (!opened.ok) return opened;
    return opened.once === undefined ? accepted(opened) : this.#refuse(request, 'one-time');
  }

  /**
   * Verifies a one-time URL and uses it up, for all processes that share the {@link ReplayStore}: it is accepted
   * once, whatever becomes of the work that follows. HEAD is refused and uses nothing up: programs that look at
   * links send it.
   *
   * @throws TypeError for an option that is missing, unknown or out of bounds, never for method and URL
   * @throws SecurityConfigurationError `MAC_PUBLIC_ORIGIN_MISSING` for `absolute` without `hmac.publicOrigin`
   * @throws ReplayError `MAC_REPLAY_STORE_FULL`, `MAC_REPLAY_STORE_FAILED` (503) when the store cannot remember
   * it: the URL counts as refused
   * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
   * @example
   * const verdict = await signedUrls.consumeUrl({ method, url, purpose: 'confirm-address' });
   */
  async consumeUrl(request: SignedUrlRequest): Promise<UrlVerdict> {
    const opened = this.#open(request);
    if (!opened.ok) return opened;
    const { once, expiresAt } = opened;
    if (once === undefined) return this.#refuse(request, 'not-one-time');
    if (request.method === 'HEAD') return this.#refuse(request, 'one-time');
    const key = replayKey('hmac-url', [request.purpose, once]);
    const ttlMs = rememberedMs(expiresAt, this.#core.now());
    const isNew = (await this.#core.replayStore.consume(key, ttlMs)) === 'new';
    return isNew ? accepted(opened) : this.#refuse(request, 'used');
  }

  #ruleOf(controller: Type, handler: string): SignedUrlRule | undefined {
    const { [handler]: method } = controller.prototype as Record<string, () => unknown>;
    return this.#reflector.getAllAndOverride(
      RouteUrlRule,
      method ? [method, controller] : [controller],
    );
  }

  #open(request: SignedUrlRequest): GenuineUrl | RefusedUrl {
    checkSignedUrlRequest(request);
    const origin = request.absolute === true ? this.#publicOrigin() : '';
    const parts = parseSignedUrl(request.url, request.ignoreQuery ?? []);
    if (typeof parts === 'string') return this.#refuse(request, parts);
    const verdict = this.#judge(parts, request, origin);
    return typeof verdict === 'string' ? this.#refuse(request, verdict) : verdict;
  }

  #judge(
    parts: SignedUrlParts,
    { method, purpose }: SignedUrlRequest,
    origin: string,
  ): GenuineUrl | UrlRefusal {
    const { keyId, once, expiresAt, mac } = parts;
    const key = namedKey(this.#core.keyring, 'hmac-url', [purpose], keyId);
    if (typeof key === 'string') return key;
    if (typeof method !== 'string' || !method.isWellFormed()) return 'mismatch';
    const message = urlMessage({ method, origin, ...parts });
    if (!matchesAnyMac([key.key], message, mac, 'sha256')) return 'mismatch';
    if (this.#core.now() >= expiresAt) return 'expired';
    return { ok: true, expiresAt, keyId, needsResign: key.state !== 'primary', once };
  }

  #refuse({ facts }: SignedUrlRequest, reason: UrlRefusal): RefusedUrl {
    this.#core.report('url', reason, facts);
    return { ok: false, reason };
  }

  #publicOrigin(): string {
    return publicOriginOf(this.#core.options, 'Absolute URLs cannot be signed');
  }
}

function accepted({ ok, expiresAt, keyId, needsResign }: GenuineUrl): UrlVerdict {
  return { ok, expiresAt, keyId, needsResign };
}
