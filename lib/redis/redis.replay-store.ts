import { Logger } from '@nestjs/common';
import { checkWhole } from '../common/check-whole.js';
import { refuseUnknown } from '../common/refuse-unknown.js';
import {
  checkClaimOptions,
  checkReplayKey,
  checkReplayToken,
  checkTtl,
} from '../replay/replay-arguments.js';
import { ReplayStore, type ReplayClaim, type ReplayClaimOptions } from '../replay/replay-store.js';
import { evictionWarning } from './eviction-warning.js';
import { redisFailure, redisSilence } from './redis-failure.js';
import type { RedisClient } from './redis-client.js';
import { RedisScript } from './redis-script.js';
import { REPLAY_SCRIPT } from './replay-script.js';

const CLAIMS: readonly ReplayClaim[] = ['new', 'in-flight', 'done'];
const MAX_TIMEOUT_MS = 60_000;

/** Settings of {@link RedisReplayStore}. */
export interface RedisReplayStoreOptions {
  /** A connected client of `ioredis` or of `redis` (node-redis); it stays yours to close. */
  client: RedisClient;
  /**
   * What the keys in Redis begin with. Instances that share what was used share this, too.
   *
   * @default 'nestjs-security:replay:'
   */
  keyPrefix?: string;
  /**
   * After how many milliseconds an answer is no longer waited for, 1 to 60,000.
   *
   * @default 2000
   */
  timeoutMs?: number;
}

/**
 * Remembers in Redis 6.0 or newer (or what speaks like it), for all processes that share it. Each verb is one script on one
 * key, so a cluster serves as well; leases and lifetimes go by the clock of the server.
 *
 * Redis must evict nothing (`maxmemory-policy noeviction`); otherwise, or where that cannot be read, a warning
 * is logged at the first use. A failover that loses the newest writes loses what was used then.
 *
 * Rejects with ReplayError `MAC_REPLAY_STORE_FAILED` (503) when Redis does not answer in time or gives an
 * error, and `MAC_REPLAY_STORE_FULL` (503) when it has no memory left.
 *
 * @example
 * const client = await createClient({ url }).connect(); // or new Redis(url) of ioredis
 * providers: [{ provide: ReplayStore, useValue: new RedisReplayStore({ client }) }]
 */
export class RedisReplayStore extends ReplayStore {
  readonly #client: RedisClient;
  readonly #keyPrefix: string;
  readonly #timeoutMs: number;
  readonly #script = new RedisScript(REPLAY_SCRIPT);
  #isPolicyChecked = false;

  /** @throws TypeError or RangeError for an option that is missing, unknown or out of bounds */
  constructor(options: RedisReplayStoreOptions) {
    super();
    refuseUnknown(options, ['client', 'keyPrefix', 'timeoutMs'], 'RedisReplayStore');
    const { client, keyPrefix = 'nestjs-security:replay:', timeoutMs = 2000 } = options;
    if (!isClient(client)) throw new TypeError('client must be one of ioredis or of redis');
    if (typeof keyPrefix !== 'string') throw new TypeError('keyPrefix must be a text');
    checkWhole(timeoutMs, 'timeoutMs', 1, MAX_TIMEOUT_MS);
    this.#client = client;
    this.#keyPrefix = keyPrefix;
    this.#timeoutMs = timeoutMs;
  }

  /** As {@link ReplayStore.claim}. */
  override async claim(key: string, options: ReplayClaimOptions): Promise<ReplayClaim> {
    checkReplayKey(key);
    checkClaimOptions(options);
    const { token, ttlMs, leaseMs } = options;
    const answer = await this.#run('claim', key, token, String(ttlMs), String(leaseMs));
    return CLAIMS[answer] ?? 'done';
  }

  /** As {@link ReplayStore.complete}. */
  override async complete(key: string, token: string): Promise<boolean> {
    checkReplayKey(key);
    checkReplayToken(token);
    return (await this.#run('complete', key, token)) === 1;
  }

  /** As {@link ReplayStore.release}. */
  override async release(key: string, token: string): Promise<boolean> {
    checkReplayKey(key);
    checkReplayToken(token);
    return (await this.#run('release', key, token)) === 1;
  }

  /** As {@link ReplayStore.consume}. */
  override async consume(key: string, ttlMs: number): Promise<'new' | 'used'> {
    checkReplayKey(key);
    checkTtl(ttlMs);
    return (await this.#run('consume', key, '', String(ttlMs))) === 0 ? 'new' : 'used';
  }

  async #run(verb: string, key: string, ...args: string[]): Promise<number> {
    this.#checkPolicyOnce();
    const answer = this.#script.run(this.#client, this.#keyPrefix + key, [verb, ...args]);
    try {
      return numberOf(await this.#inTime(answer));
    } catch (error) {
      throw redisFailure(error);
    }
  }

  async #inTime(answer: Promise<unknown>): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(redisSilence(this.#timeoutMs)), this.#timeoutMs);
    });
    try {
      return await Promise.race([answer, silence]);
    } finally {
      clearTimeout(timer);
    }
  }

  #checkPolicyOnce(): void {
    if (this.#isPolicyChecked) return;
    this.#isPolicyChecked = true;
    void this.#checkPolicy();
  }

  async #checkPolicy(): Promise<void> {
    const warning = await evictionWarning(this.#client);
    if (warning !== undefined) new Logger('RedisReplayStore').warn(warning);
  }
}

/** Clients may be set to give numbers as text. What is no answer must not become 0, which accepts. */
function numberOf(answer: unknown): number {
  return /^[012]$/.test(String(answer)) ? Number(answer) : NaN;
}

function isClient(client: unknown): client is RedisClient {
  if (typeof client !== 'object' || client === null) return false;
  return 'evalSha' in client || 'evalsha' in client;
}
