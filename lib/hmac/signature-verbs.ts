import type { HmacCore, SignedKind } from './hmac-core.js';
import { startMac, type MacData } from './mac/compute-mac.js';
import {
  resolveSignOptions,
  type ResolvedSignOptions,
  type SignOptions,
} from './mac/sign-options.js';
import { problemOfSignature } from './mac/verify-mac.js';
import { canonicalPayload, type Canonicalization } from './payload/canonical-payload.js';

/** How {@link HmacService} signs and verifies values. */
export interface SignPayloadOptions extends SignOptions {
  /**
   * How the value becomes the text that is signed.
   *
   * @default 'jcs'
   */
  canonicalization?: Canonicalization;
}

const NO_PARTS: readonly string[] = [];

/** The verbs for data and for values: a signature beside what it signs. */
export abstract class SignatureVerbs {
  /** @internal */
  protected readonly core: HmacCore;

  /** @internal */
  protected constructor(core: HmacCore) {
    this.core = core;
  }

  /**
   * Signs data with an HMAC.
   *
   * @param data text (its UTF-8), bytes, or a list of these, whose parts go to the MAC one after the other:
   * `['a', 'bc']` and `['ab', 'c']` are signed alike. Where strangers choose parts, sign a value with
   * {@link SignatureVerbs.signPayload} instead.
   * @returns `sha256=` and 64 lower-case hexadecimal digits, unless the options say otherwise
   * @throws TypeError for other data, text with a lone surrogate, an unfit key, or an option that is wrong
   * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
   * @example
   * const signature = hmac.sign(['v0:', timestamp, ':', request.rawBody]);
   */
  sign(data: MacData, options?: SignOptions): string {
    return this.#sign(data, resolveSignOptions(options), NO_PARTS);
  }

  /**
   * Tells whether a signature was made for this data by {@link SignatureVerbs.sign} with the same options,
   * under any key that is not revoked. Compares in constant time and tries every key. Refusals are reported as
   * `signature_refused`.
   *
   * @param signature what came with the data; anything at all: whatever is not spelt exactly as `sign`
   * spells it is `false`
   * @throws TypeError for other data, an unfit key or an option that is wrong, never for the signature
   * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
   * @example
   * if (!hmac.verify(request.rawBody, request.headers['x-signature'])) throw new UnauthorizedException();
   */
  verify(data: MacData, signature: unknown, options?: SignOptions): boolean {
    return this.#verify(data, signature, resolveSignOptions(options), 'data', NO_PARTS);
  }

  /**
   * Signs a value by its canonical text. Only for values that both sides have as values: a body that was
   * received is verified as the bytes that came, with {@link SignatureVerbs.verify}.
   *
   * @param value what JSON spells: no `undefined`, no class instance, 500 levels at most
   * @throws MacError `MAC_PAYLOAD_UNFIT` (400) for anything else, and for numbers that Python may spell otherwise
   * @throws TypeError for an unfit key, or an option that is wrong
   * @example
   * const signature = hmac.signPayload({ id: 5, amount: 12 }, { key, canonicalization: 'python-json' });
   */
  signPayload(value: unknown, options: SignPayloadOptions = {}): string {
    const { text, resolved, parts } = canonicalized(value, options);
    return this.#sign(text, resolved, parts);
  }

  /**
   * Tells whether a signature was made for this value by {@link SignatureVerbs.signPayload} with the same
   * options, as `verify` does for data.
   *
   * @throws MacError `MAC_PAYLOAD_UNFIT` (400) for a value that cannot be signed
   * @throws TypeError for an unfit key, or an option that is wrong
   */
  verifyPayload(value: unknown, signature: unknown, options: SignPayloadOptions = {}): boolean {
    const { text, resolved, parts } = canonicalized(value, options);
    return this.#verify(text, signature, resolved, 'payload', parts);
  }

  #sign(data: MacData, options: ResolvedSignOptions, parts: readonly string[]): string {
    const { algorithm, encoding, prefix, keys } = options;
    const key = keys ? keys[0] : this.core.keyring.keysFor('hmac-sign', parts)[0].key;
    return prefix + startMac(algorithm, key, data).digest(encoding);
  }

  #verify(
    data: MacData,
    signature: unknown,
    options: ResolvedSignOptions,
    kind: SignedKind,
    parts: readonly string[],
  ): boolean {
    const keys =
      options.keys ?? this.core.keyring.keysFor('hmac-sign', parts).map(({ key }) => key);
    const problem = problemOfSignature(keys, data, signature, options);
    if (problem !== undefined) this.core.report(kind, problem);
    return problem === undefined;
  }
}

function canonicalized(value: unknown, options: SignPayloadOptions) {
  const resolved = resolveSignOptions(options, ['canonicalization']);
  const { canonicalization = 'jcs' } = options;
  // Under the ring's keys, what signs a value never signs a text that happens to be spelt like one.
  const parts = ['payload', canonicalization];
  return { text: canonicalPayload(value, canonicalization), resolved, parts };
}
