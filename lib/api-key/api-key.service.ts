import { Inject, Injectable } from '@nestjs/common';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestFacts } from '../context/http-request.js';
import { SecurityConfigurationError } from '../errors/security-configuration.error.js';
import { SecurityEvents } from '../events/security-events.js';
import {
  API_KEY_OPTIONS,
  type ResolvedApiKeyOptions,
  type StaticApiKey,
} from './api-key.options.js';

const MAX_KEY_LENGTH = 256;
const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

/** The key behind a request, by its public facts. */
export interface VerifiedApiKey {
  /** The id under which the options list the key. */
  readonly id: string;
  /** What the options allow the key to be used for. */
  readonly scopes: readonly string[];
}

/** What {@link ApiKeyService.verify} found. */
export type ApiKeyVerdict =
  | { readonly ok: true; readonly apiKey: VerifiedApiKey }
  | { readonly ok: false; readonly reason: ApiKeyRefusal };

/** Why a key was refused; for logs, never for the caller. */
export type ApiKeyRefusal = 'missing' | 'malformed' | 'unknown' | 'scope-missing';

/**
 * Recognises API keys by their digests, for code that does not use {@link ApiKeyGuard}.
 *
 * @example
 * const verdict = apiKeys.verify(client.handshake.auth.apiKey);
 * if (!verdict.ok) client.disconnect();
 */
@Injectable()
export class ApiKeyService {
  constructor(
    @Inject(API_KEY_OPTIONS) private readonly options: ResolvedApiKeyOptions,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * Looks a key up. Its SHA-256 is compared with the digest of every key in constant time, whichever
   * matches. Reported as `api_key_used` (once a key and minute, with the number) or `api_key_refused`.
   *
   * @param candidate what the caller sent: 1 to 256 visible ASCII characters, or it is refused unhashed
   * @param facts where it came from, for the audit log
   * @throws SecurityConfigurationError `APIKEY_NOT_CONFIGURED` when the options list no keys
   */
  verify(candidate: unknown, facts?: RequestFacts): ApiKeyVerdict {
    const verdict = judge(candidate, this.#keys());
    this.events.report(
      verdict.ok
        ? {
            event: 'api_key_used',
            outcome: 'success',
            actor: { type: 'api-key', id: verdict.apiKey.id },
            ...facts,
          }
        : { event: 'api_key_refused', outcome: 'failure', reason: verdict.reason, ...facts },
    );
    return verdict;
  }

  /**
   * Tells whether a key may be used for something. Reported as `api_key_refused` when not.
   *
   * @param scopes all of them are needed; none are always granted
   * @param facts where the request came from, for the audit log
   */
  allows(apiKey: VerifiedApiKey, scopes: readonly string[], facts?: RequestFacts): boolean {
    const isAllowed = scopes.every((scope) => apiKey.scopes.includes(scope));
    if (!isAllowed) {
      const actor = { type: 'api-key', id: apiKey.id };
      this.events.report({
        event: 'api_key_refused',
        outcome: 'failure',
        reason: 'scope-missing',
        actor,
        ...facts,
      });
    }
    return isAllowed;
  }

  #keys(): readonly StaticApiKey[] {
    const { keys } = this.options;
    if (keys && keys.length > 0) return keys;
    const message =
      'lists no key, and ApiKeyGuard needs one: give [{ id, sha256 }], or set SECURITY_API_KEY_KEYS=id:sha256.';
    throw new SecurityConfigurationError(
      'APIKEY_NOT_CONFIGURED',
      [{ option: 'apiKey.keys', message }],
      'ApiKeyService cannot be used',
    );
  }
}

function judge(candidate: unknown, keys: readonly StaticApiKey[]): ApiKeyVerdict {
  if (candidate === undefined || candidate === '') return { ok: false, reason: 'missing' };
  if (
    typeof candidate !== 'string' ||
    candidate.length > MAX_KEY_LENGTH ||
    !VISIBLE_ASCII.test(candidate)
  ) {
    return { ok: false, reason: 'malformed' };
  }
  const digest = createHash('sha256').update(candidate).digest();
  const [match] = keys.filter((key) => timingSafeEqual(key.digest, digest));
  return match
    ? { ok: true, apiKey: { id: match.id, scopes: match.scopes } }
    : { ok: false, reason: 'unknown' };
}
