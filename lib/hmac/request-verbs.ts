import { randomBytes } from 'node:crypto';
import { types } from 'node:util';
import { refuseUnknown } from '../common/refuse-unknown.js';
import type { RequestFacts } from '../context/http-request.js';
import { rememberedMs } from '../replay/remembered.js';
import { replayKey } from '../replay/replay-key.js';
import { CookieVerbs } from './cookie-verbs.js';
import { checkTtlSeconds } from './mac/ttl.js';
import { matchesAnyMac } from './mac/verify-mac.js';
import { givenRequestKeys, type NamedMacKey, type RequestKey } from './message/request-key.js';
import {
  signOutgoing,
  type OutgoingRequest,
  type RequestSignatureHeaders,
} from './message/sign-request.js';
import {
  judgeBody,
  judgeRequestTime,
  parseIncoming,
  type IncomingRequest,
  type RequestRefusal,
  type RequestVerdict,
} from './message/verify-request.js';
import type { ReceivedSignature } from './message/signature-input.js';
import { namedKey } from './named-key.js';
import { publicOriginOf } from './public-origin.js';

/** Under which keys requests are verified. */
export interface VerifyRequestOptions {
  /**
   * The keys shared with the services that sign; of a list, the one that the request names verifies, and the
   * first signs.
   *
   * @default derived from the top-level `keys`
   */
  key?: RequestKey | readonly RequestKey[];
  /** Where the request came from, for the audit log. */
  facts?: RequestFacts;
}

/** Under which key a request is signed, and for how long. */
export interface SignRequestOptions extends Pick<VerifyRequestOptions, 'key'> {
  /**
   * After how many seconds the request is refused, where that is sooner than the receiver's tolerance, 1 to 86400.
   *
   * @default that of the receiver
   */
  ttlSeconds?: number;
}

const NONCE_BYTES = 16;
const MAX_REQUEST_TTL_SECONDS = 86_400;
const PARTS: readonly string[] = ['http-request'];

/** The verbs for HTTP requests: RFC 9421 with RFC 9530, in one fixed profile. */
export abstract class RequestVerbs extends CookieVerbs {
  /**
   * Signs a request that is about to be sent: method, authority, path, query, the digest of its body, its
   * `Content-Type` and the time, for one use (RFC 9421 with `hmac-sha256`, RFC 9530).
   *
   * @returns the headers to send beside its own; sign again for every attempt
   * @throws TypeError for a method not in capitals, a URL that is not absolute, text without a `Content-Type`,
   * headers that are signed already, an unfit key, or an option that is wrong
   * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
   * @example
   * const request = { method: 'POST', url, headers: { 'content-type': 'application/json' }, body };
   * await fetch(url, { ...request, headers: { ...request.headers, ...hmac.signRequest(request) } });
   */
  signRequest(request: OutgoingRequest, options: SignRequestOptions = {}): RequestSignatureHeaders {
    refuseUnknown(options, ['key', 'ttlSeconds'], 'the call');
    refuseUnknown(request, ['method', 'url', 'headers', 'body'], 'the request');
    const created = this.core.now();
    const { ttlSeconds } = options;
    if (ttlSeconds !== undefined) checkTtlSeconds(ttlSeconds, { max: MAX_REQUEST_TTL_SECONDS });
    const [signing] = givenRequestKeys(options) ?? [this.#ownKey()];
    return signOutgoing(request, signing, {
      created,
      ...(ttlSeconds !== undefined && { expires: created + ttlSeconds }),
      nonce: randomBytes(NONCE_BYTES).toString('base64url'),
    });
  }

  /**
   * Verifies a request that came in, for `hmac.publicOrigin`: its signature, then its time, then its body, and
   * then that it did not come before; so it can be asked once for each request. Refusals are reported as
   * `signature_refused`.
   *
   * @throws TypeError when `rawBody` is a parsed body, for an unfit key or an option that is wrong; never for
   * what the request says
   * @throws SecurityConfigurationError `MAC_PUBLIC_ORIGIN_MISSING` without `hmac.publicOrigin`
   * @throws ReplayError `MAC_REPLAY_STORE_FULL`, `MAC_REPLAY_STORE_FAILED` (503) when the store cannot remember
   * it: the request counts as refused
   * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
   * @example
   * const { method, originalUrl: url, headers, rawBody } = request;
   * const verdict = await hmac.verifyRequest({ method, url, headers, rawBody }, { key });
   */
  async verifyRequest(
    request: IncomingRequest,
    options: VerifyRequestOptions = {},
  ): Promise<RequestVerdict> {
    refuseUnknown(options, ['key', 'facts'], 'the call');
    const verdict = await this.#judge(request, givenRequestKeys(options));
    if (!verdict.ok) this.core.report('request', verdict.reason, options.facts);
    return verdict;
  }

  async #judge(
    request: IncomingRequest,
    keys: readonly NamedMacKey[] | undefined,
  ): Promise<RequestVerdict> {
    const { rawBody } = request;
    if (rawBody !== undefined && !types.isUint8Array(rawBody)) {
      throw new TypeError('rawBody must be the bytes of the body, before any parsing');
    }
    const origin = publicOriginOf(this.core.options, 'The request cannot be verified');
    const authority = new URL(origin).host;
    const parsed = parseIncoming(request, authority);
    if (typeof parsed === 'string') return refused(parsed);
    const { signature, base, digest } = parsed;
    const key = this.#keyOf(signature.keyid, keys);
    if (typeof key === 'string') return refused(key);
    if (!matchesAnyMac([key.key], base, signature.mac, 'sha256')) return refused('mismatch');
    const problem =
      judgeRequestTime(signature, this.core.now(), this.core.options.toleranceSeconds) ??
      judgeBody(request, digest);
    if (problem !== undefined) return refused(problem);
    if (!(await this.#isFirst(signature))) return refused('replayed');
    return { ok: true, keyId: signature.keyid, signedAt: signature.created };
  }

  async #isFirst({ keyid, nonce, created }: ReceivedSignature): Promise<boolean> {
    const endsAt = created + this.core.options.toleranceSeconds;
    const ttlMs = rememberedMs(endsAt, this.core.now());
    const key = replayKey('hmac-request', [keyid, nonce]);
    return (await this.core.replayStore.consume(key, ttlMs)) === 'new';
  }

  #ownKey(): NamedMacKey {
    return this.core.keyring.keysFor('hmac-sign', PARTS)[0];
  }

  #keyOf(
    id: string,
    keys: readonly NamedMacKey[] | undefined,
  ): NamedMacKey | 'unknown-key' | 'revoked-key' {
    if (!keys) return namedKey(this.core.keyring, 'hmac-sign', PARTS, id);
    return keys.find((key) => key.id === id) ?? 'unknown-key';
  }
}

function refused(reason: RequestRefusal): RequestVerdict {
  return { ok: false, reason };
}
