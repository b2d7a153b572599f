import type { Clock } from '../common/clock.js';
import { EncryptionError } from '../errors/encryption.error.js';
import type { SecurityEvents } from '../events/security-events.js';
import type { Keyring } from '../keyring/keyring.js';
import type { AbortOptions, DecryptOptions, EncryptOptions } from './call-options.js';
import { checkSeconds } from './check-seconds.js';
import type { ResolvedEncryptionOptions } from './encryption.options.js';
import { fernetDecrypt, fernetEncrypt, fernetVerify, type VerifiedToken } from './fernet.js';
import { fernetDecryptAsync, fernetEncryptAsync } from './fernet-async.js';
import { fernetTokenLength } from './fernet-format.js';
import type { ContextKeys } from './fernet-ring.js';
import { FernetRings } from './fernet-rings.js';
import type { FernetTimeRule, OpenedToken, RefusedToken } from './fernet-verdict.js';
import { IvSource } from './iv-source.js';
import { LoopTurns } from './loop-turns.js';
import { openableToken, type OpenableToken, type ValueForm } from './openable.js';
import { plaintextBytes } from './plaintext.js';
import type { SealedParts } from './sealed.js';
import { TokenMemory } from './token-memory.js';

/** What was opened or verified, with the keys that it was judged by. */
export type Judged<T> = T & { readonly among: ContextKeys };

/** What the verbs of all rings and contexts share. Their errors are those of the verbs. */
export class EncryptionCore {
  readonly rings: FernetRings;
  readonly maxPlaintextBytes: number;
  readonly #maxTokenLength: number;
  readonly #clock: Clock;
  readonly #clockSkewSeconds: number;
  readonly #events: SecurityEvents;
  readonly #ivs = new IvSource();
  readonly #turns = new LoopTurns();
  readonly #memory = new TokenMemory();

  constructor(options: ResolvedEncryptionOptions, keyring: Keyring, events: SecurityEvents) {
    this.rings = new FernetRings(options, keyring);
    this.maxPlaintextBytes = options.maxPlaintextBytes;
    this.#maxTokenLength = fernetTokenLength(options.maxPlaintextBytes);
    this.#clock = options.clock ?? Date.now;
    this.#clockSkewSeconds = options.clockSkewSeconds;
    this.#events = events;
  }

  encrypt(
    choice: EncryptOptions,
    data: string | Uint8Array,
    timestamp: bigint = this.#now(),
  ): SealedParts {
    const plaintext = plaintextBytes(data, this.maxPlaintextBytes);
    const { primary } = this.rings.keysFor(choice);
    const stamp = { timestamp, iv: this.#ivs.next() };
    return { keyId: primary.id, token: fernetEncrypt(primary, plaintext, stamp, this.#memory) };
  }

  encryptAsync(
    { signal, ...choice }: EncryptOptions & AbortOptions,
    data: string | Uint8Array,
  ): Promise<string> {
    const { primary } = this.rings.keysFor(choice);
    const stamp = { timestamp: this.#now(), iv: this.#ivs.next() };
    const { maxPlaintextBytes } = this;
    return fernetEncryptAsync(primary, data, stamp, {
      turns: this.#turns,
      signal,
      maxPlaintextBytes,
    });
  }

  open(
    choice: DecryptOptions,
    value: string,
    form: ValueForm,
    time: FernetTimeRule | undefined = this.timeRule(choice.ttlSeconds),
  ): Judged<OpenedToken> {
    const among = this.rings.keysFor(choice);
    const openable = this.#openable(value, form, among, choice);
    const verdict = openable.ok
      ? fernetDecrypt(openable.keys, openable.token, time, this.#memory)
      : openable;
    if (verdict.ok) return { ...verdict, among };
    throw this.#refuse(verdict, choice);
  }

  async decryptAsync(
    { signal, ...choice }: DecryptOptions & AbortOptions,
    token: string,
  ): Promise<Buffer> {
    const time = this.timeRule(choice.ttlSeconds);
    const openable = this.#openable(token, 'token', this.rings.keysFor(choice), choice);
    const verdict = openable.ok
      ? await fernetDecryptAsync(openable.keys, openable.token, time, {
          turns: this.#turns,
          signal,
        })
      : openable;
    if (verdict.ok) return verdict.plaintext;
    throw this.#refuse(verdict, choice);
  }

  /** Verifies the MAC and nothing else. */
  verify(choice: DecryptOptions, value: string): Judged<VerifiedToken> {
    const among = this.rings.keysFor(choice);
    const openable = this.#openable(value, 'either', among, choice);
    const verdict = openable.ok
      ? fernetVerify(openable.keys, openable.token, undefined, this.#memory)
      : openable;
    if (verdict.ok) return { ...verdict, among };
    throw this.#refuse(verdict, choice);
  }

  timeRule(ttlSeconds: number | undefined, nowSeconds?: number): FernetTimeRule | undefined {
    if (ttlSeconds === undefined) return undefined;
    checkSeconds(ttlSeconds, 'ttlSeconds');
    const now = nowSeconds === undefined ? this.#now() : BigInt(nowSeconds);
    return { ttlSeconds, clockSkewSeconds: this.#clockSkewSeconds, now };
  }

  #openable(
    value: unknown,
    form: ValueForm,
    keys: ContextKeys,
    { allowRevokedKey = false }: DecryptOptions,
  ): OpenableToken | RefusedToken {
    // The text 'false' from a variable would otherwise count as true.
    if (typeof allowRevokedKey !== 'boolean') {
      throw new TypeError('allowRevokedKey must be true or false');
    }
    const maxTokenLength = this.#maxTokenLength;
    return openableToken(value, keys, { form, allowRevoked: allowRevokedKey, maxTokenLength });
  }

  /** Reports why a token was not opened, and gives the error, which tells nothing of it but expiry. */
  #refuse({ reason }: RefusedToken, { ring }: EncryptOptions): EncryptionError {
    const target = ring === undefined ? {} : { target: { type: 'ring', id: ring } };
    this.#events.report({ event: 'crypt_decrypt_fail', outcome: 'failure', reason, ...target });
    return reason === 'expired'
      ? new EncryptionError('ENC_TOKEN_EXPIRED', 'the token has expired', { status: 400 })
      : new EncryptionError('ENC_TOKEN_INVALID', 'the token is not valid', { status: 400 });
  }

  #now(): bigint {
    return BigInt(Math.floor(this.#clock() / 1000));
  }
}
