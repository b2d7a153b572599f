import { randomBytes } from 'node:crypto';
import { refuseUnknown } from '../common/refuse-unknown.js';
import { MacError } from '../errors/mac.error.js';
import { rememberedMs } from '../replay/remembered.js';
import { replayKey } from '../replay/replay-key.js';
import { startMac } from './mac/compute-mac.js';
import { macKeysOf, type MacKey } from './mac/mac-key.js';
import { checkTtlSeconds } from './mac/ttl.js';
import { copyJson, type JsonValue } from './payload/check-json.js';
import { SignatureVerbs } from './signature-verbs.js';
import { formatGuideToken, openGuideToken } from './token/guide-token.js';
import { judgeClaims, openToken, type GenuineToken } from './token/open-token.js';
import { encodeClaims } from './token/token-claims.js';
import { MAX_TOKEN_LENGTH, signedPart } from './token/token-format.js';
import {
  checkSignTokenOptions,
  checkVerifyTokenOptions,
  type SignTokenOptions,
  type VerifyTokenOptions,
} from './token/token-options.js';
import type { RefusedToken, TokenRefusal, TokenVerdict } from './token/token-verdict.js';

const MAX_DATA_DEPTH = 64;
const ONE_TIME_ID_BYTES = 16;

/** The key of tokens in the guide's form. */
export interface GuideTokenKey {
  /** A key that signs nothing else: of a list, the first signs and all verify. */
  key: MacKey | readonly MacKey[];
}

/** The verbs for tokens: data that carries its own signature and says how long it is valid. */
export abstract class TokenVerbs extends SignatureVerbs {
  /**
   * Signs data into a token that is valid for some time, for one purpose. It can be read by whoever has it.
   *
   * @param data what JSON spells, 64 levels at most
   * @returns `v1.<key id>.<claims>.<MAC>`, fit for URLs and headers; `docs/signatures.md` tells every byte
   * @throws TypeError for an option that is missing, unknown or out of bounds
   * @throws MacError `MAC_PAYLOAD_UNFIT` (400) for data that JSON does not spell, `MAC_TOKEN_TOO_LARGE` when the
   * token would have more than 8,192 characters
   * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
   * @example
   * const token = hmac.signToken({ userId }, { purpose: 'password-reset', ttlSeconds: 900, oneTime: true });
   */
  signToken(data: JsonValue, options: SignTokenOptions): string {
    checkSignTokenOptions(options, this.core.options.maxTokenTtlSeconds);
    const d = copyJson(data, MAX_DATA_DEPTH);
    const { ttlSeconds, purpose, audience, notBefore, oneTime = false } = options;
    const iat = this.core.now();
    const exp = iat + ttlSeconds;
    if (notBefore !== undefined && notBefore >= exp) {
      throw new TypeError('notBefore must be before the token expires, in seconds');
    }
    const claims = encodeClaims({
      d,
      iat,
      exp,
      ...(notBefore !== undefined && { nbf: notBefore }),
      ...(audience !== undefined && { aud: audience }),
      ...(oneTime && { jti: randomBytes(ONE_TIME_ID_BYTES).toString('base64url') }),
    });
    const [{ id, key }] = this.core.keyring.keysFor('hmac-token', [purpose]);
    const signed = signedPart(id, claims);
    const token = `${signed}.${startMac('sha256', key, signed).digest('base64url')}`;
    if (token.length <= MAX_TOKEN_LENGTH) return token;
    const message = `the token would have more than ${MAX_TOKEN_LENGTH} characters: sign an id, and keep the data`;
    throw new MacError('MAC_TOKEN_TOO_LARGE', message);
  }

  /**
   * Verifies a token: first its MAC, under the key that it names and no other, then its times and the rest. A
   * one-time token is refused, see {@link TokenVerbs.consumeToken}. Refusals are reported as `signature_refused`.
   *
   * @param token anything at all
   * @throws TypeError for an option that is missing, unknown or out of bounds, never for the token
   * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
   * @example
   * const verdict = hmac.verifyToken<string>(token, { purpose: 'unsubscribe' });
   * if (!verdict.ok) throw new ForbiddenException();
   */
  verifyToken<Data = unknown>(token: unknown, options: VerifyTokenOptions): TokenVerdict<Data> {
    const opened = this.#open(token, options);
    if (!opened.ok) return opened;
    return opened.claims.jti === undefined ? accepted(opened) : this.#refuse('one-time');
  }

  /**
   * Verifies a one-time token and uses it up, for all processes that share the {@link ReplayStore}: it is
   * accepted once, whatever becomes of the work that follows.
   *
   * @param token anything at all
   * @throws TypeError for an option that is missing, unknown or out of bounds, never for the token
   * @throws ReplayError `MAC_REPLAY_STORE_FULL`, `MAC_REPLAY_STORE_FAILED` (503) when the store cannot remember
   * it: the token counts as refused
   * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
   * @example
   * const verdict = await hmac.consumeToken<{ userId: string }>(token, { purpose: 'password-reset' });
   */
  async consumeToken<Data = unknown>(
    token: unknown,
    options: VerifyTokenOptions,
  ): Promise<TokenVerdict<Data>> {
    const opened = this.#open(token, options);
    if (!opened.ok) return opened;
    const { jti, exp } = opened.claims;
    if (jti === undefined) return this.#refuse('not-one-time');
    const key = replayKey('hmac-token', [options.purpose, jti]);
    const ttlMs = rememberedMs(exp, this.core.now());
    const isNew = (await this.core.replayStore.consume(key, ttlMs)) === 'new';
    return isNew ? accepted(opened) : this.#refuse('used');
  }

  /**
   * Signs text into a token `data:expires:hex`, as the Python function of the same name does. For interchange
   * only: it has no purpose and no key id, so its key must sign nothing else.
   *
   * @param data text; it may have colons
   * @throws TypeError for other data, text with a lone surrogate, no key or an unfit one, or a `ttlSeconds`
   * that is not a whole number from 1 to 315360000
   * @throws MacError `MAC_TOKEN_TOO_LARGE` when the token would have more than 8,192 characters
   */
  createSignedToken(data: string, options: GuideTokenKey & { ttlSeconds: number }): string {
    refuseUnknown(options, ['key', 'ttlSeconds'], 'the call');
    checkTtlSeconds(options.ttlSeconds);
    if (typeof data !== 'string') throw new TypeError('data must be a string');
    const [key] = macKeysOf(options.key);
    const token = formatGuideToken(key, data, this.core.now() + options.ttlSeconds);
    if (token.length <= MAX_TOKEN_LENGTH) return token;
    const message = `the token would have more than ${MAX_TOKEN_LENGTH} characters`;
    throw new MacError('MAC_TOKEN_TOO_LARGE', message);
  }

  /**
   * The data of a token that {@link TokenVerbs.createSignedToken} or the Python function made, while it is
   * valid; the MAC is verified before the time is read. Refusals are reported as `signature_refused`.
   *
   * @param token anything at all
   * @returns `null` for whatever is not genuine and valid
   * @throws TypeError without a key, or for an unfit one
   */
  verifySignedToken(token: unknown, options: GuideTokenKey): string | null {
    refuseUnknown(options, ['key'], 'the call');
    const verdict = openGuideToken(macKeysOf(options.key), token, this.core.now());
    if (verdict.ok) return verdict.data;
    this.core.report('guide-token', verdict.reason);
    return null;
  }

  #open(token: unknown, options: VerifyTokenOptions): GenuineToken | RefusedToken {
    checkVerifyTokenOptions(options);
    const opened = openToken(token, this.core.keyring, options.purpose);
    if (!opened.ok) return this.#refuse(opened.reason);
    const problem = judgeClaims(opened.claims, options, this.core.now());
    return problem === undefined ? opened : this.#refuse(problem);
  }

  #refuse(reason: TokenRefusal): RefusedToken {
    this.core.report('token', reason);
    return { ok: false, reason };
  }
}

function accepted<Data>({ claims, keyId, needsResign }: GenuineToken): TokenVerdict<Data> {
  const { d, iat, exp } = claims;
  // The MAC proves that this application signed the data; what type it has, the caller knows.
  return { ok: true, data: d as Data, issuedAt: iat, expiresAt: exp, keyId, needsResign };
}
