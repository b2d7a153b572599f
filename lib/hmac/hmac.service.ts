import { Injectable } from '@nestjs/common';
import { SecurityEvents } from '../events/security-events.js';
import { Keyring } from '../keyring/keyring.js';
import { hmacSha256, matchesAnyHmac } from './hmac-sha256.js';

const PREFIX = 'sha256=';

/**
 * Signs data with HMAC-SHA256 (RFC 2104, FIPS 198-1) under a key that is derived from the primary key
 * of `keys` for this purpose alone, and verifies under every key that is still accepted.
 *
 * @example
 * const signature = hmac.sign('report-2026-11.csv'); // sha256=5f8…
 * hmac.verify('report-2026-11.csv', signature); // true
 */
@Injectable()
export class HmacService {
  constructor(
    private readonly keyring: Keyring,
    private readonly events: SecurityEvents,
  ) {
    // Who holds a signature is not known here.
    keyring.consumers.declare('hmac');
  }

  /**
   * Signs data.
   *
   * @param data text (signed as UTF-8) or bytes of any length
   * @returns `sha256=` and 64 lower-case hexadecimal digits
   * @throws TypeError for anything that is not text or bytes, and for text with a lone surrogate
   * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
   */
  sign(data: string | Uint8Array): string {
    const [primary] = this.keyring.keysFor('hmac-sign');
    return PREFIX + hmacSha256(primary.key, data).toString('hex');
  }

  /**
   * Tells whether a signature was made by {@link HmacService.sign} for this data, under any key that is
   * not revoked. Compares in constant time. Refusals are reported as `signature_refused`.
   *
   * @param signature what came with the data; anything at all: whatever is not spelt exactly as `sign`
   * spells it is `false`
   * @throws TypeError only when `data` is not text or bytes, or is text with a lone surrogate
   * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
   */
  verify(data: string | Uint8Array, signature: unknown): boolean {
    const keys = this.keyring.keysFor('hmac-sign').map(({ key }) => key);
    const ok = matchesAnyHmac(keys, data, signature, PREFIX);
    if (!ok) this.events.report({ event: 'signature_refused', outcome: 'failure' });
    return ok;
  }
}
