import { Inject, Injectable } from '@nestjs/common';
import { SecurityEvents } from '../events/security-events.js';
import { Keyring } from '../keyring/keyring.js';
import { ReplayStore } from '../replay/replay-store.js';
import { HmacCore } from './hmac-core.js';
import { HMAC_OPTIONS, type ResolvedHmacOptions } from './hmac.options.js';
import { RequestVerbs } from './request-verbs.js';

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
  constructor(
    @Inject(HMAC_OPTIONS) options: ResolvedHmacOptions,
    keyring: Keyring,
    replayStore: ReplayStore,
    events: SecurityEvents,
  ) {
    super(new HmacCore(options, keyring, replayStore, events));
  }
}
