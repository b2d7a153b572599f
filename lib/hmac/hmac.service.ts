import { Inject, Injectable, type Type } from '@nestjs/common';
import { SecurityEvents } from '../events/security-events.js';
import { Keyring } from '../keyring/keyring.js';
import { ReplayStore } from '../replay/replay-store.js';
import { HmacCore } from './hmac-core.js';
import { HMAC_OPTIONS, type ResolvedHmacOptions } from './hmac.options.js';
import { RequestVerbs } from './request-verbs.js';
import { SignedUrlService } from './signed-url.service.js';
import type { SignRouteOptions } from './url/route-options.js';
import type { SignedUrlRequest, SignUrlOptions } from './url/url-options.js';
import type { UrlVerdict } from './url/url-verdict.js';

/**
 * Signs with HMAC (RFC 2104, FIPS 198-1) under keys derived from the primary key of `keys`, one for each
 * purpose, and verifies under every key that is still accepted.
 *
 * @example
 * const signature = hmac.sign('report-2026-11.csv'); // sha256=5f8…
 * hmac.verify('report-2026-11.csv', signature); // true
 */
@Injectable()
export class HmacService extends RequestVerbs {
  readonly #signedUrls: SignedUrlService;

  constructor(
    @Inject(HMAC_OPTIONS) options: ResolvedHmacOptions,
    keyring: Keyring,
    replayStore: ReplayStore,
    events: SecurityEvents,
    signedUrls: SignedUrlService,
  ) {
    super(new HmacCore(options, keyring, replayStore, events));
    this.#signedUrls = signedUrls;
    // Who holds a signature is not known here.
    keyring.consumers.declare('hmac');
  }

  /** Does as {@link SignedUrlService.signUrl}. */
  signUrl(url: string, options: SignUrlOptions): string {
    return this.#signedUrls.signUrl(url, options);
  }

  /** Does as {@link SignedUrlService.signRoute}. */
  signRoute<Controller extends object>(
    controller: Type<Controller>,
    handler: keyof Controller & string,
    options: SignRouteOptions,
  ): string {
    return this.#signedUrls.signRoute(controller, handler, options);
  }

  /** Does as {@link SignedUrlService.verifyUrl}. */
  verifyUrl(request: SignedUrlRequest): UrlVerdict {
    return this.#signedUrls.verifyUrl(request);
  }

  /** Does as {@link SignedUrlService.consumeUrl}. */
  consumeUrl(request: SignedUrlRequest): Promise<UrlVerdict> {
    return this.#signedUrls.consumeUrl(request);
  }
}
