import { LRUCache } from 'lru-cache';
import { BreachCheckError, type BreachCheckFailure } from './breach-check.error.js';
import type { ResolvedBreachCheckOptions } from './breach-check.options.js';
import type { BreachedPasswordLookup } from './breached-password-lookup.js';
import { checkRange, countInRange } from './breached-range.js';

/** So many digits of a hash are told: each stands for some thousand known passwords. */
const PREFIX_DIGITS = 5;
/** A padded answer has 40 KB. */
const MAX_BYTES = 1024 * 1024;
const HEADERS = { 'Add-Padding': 'true', 'User-Agent': 'nestjs-security' };

/**
 * Asks a range API (k-anonymity, as Pwned Passwords has it): it is told five hexadecimal digits of a SHA-1
 * and answers with every hash that begins so, padded, so that neither it nor who sees the size of the answer
 * learns which was meant. Answers are kept for a while, failures are not; who asks for a range that is under
 * way waits for the same answer.
 */
export class BreachedPasswords implements BreachedPasswordLookup {
  readonly #options: ResolvedBreachCheckOptions;
  readonly #ranges: LRUCache<string, string>;
  readonly #underWay = new Map<string, Promise<string>>();

  constructor(options: ResolvedBreachCheckOptions) {
    this.#options = options;
    this.#ranges = new LRUCache({ max: options.cacheEntries, ttl: options.cacheSeconds * 1000 });
  }

  /**
   * Asks for the range of a hash and looks it up there.
   *
   * @throws BreachCheckError `timeout`, `unreachable` (also for a redirect or a connection that ends early),
   * `status` for anything but 200, `too-large` beyond 1 MiB, `malformed` for what is no range
   */
  async count(sha1: string): Promise<number> {
    const range = await this.#rangeOf(sha1.slice(0, PREFIX_DIGITS));
    return countInRange(range, sha1.slice(PREFIX_DIGITS));
  }

  #rangeOf(prefix: string): string | Promise<string> {
    const known = this.#ranges.get(prefix) ?? this.#underWay.get(prefix);
    if (known !== undefined) return known;
    const asked = this.#ask(prefix).finally(() => this.#underWay.delete(prefix));
    this.#underWay.set(prefix, asked);
    return asked;
  }

  async #ask(prefix: string): Promise<string> {
    const { baseUrl, timeoutMs } = this.#options;
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const url = `${baseUrl}/range/${prefix}`;
      const response = await fetch(url, { headers: HEADERS, redirect: 'error', signal });
      const range = checkRange(await bodyOf(response));
      this.#ranges.set(prefix, range);
      return range;
    } catch (error) {
      throw error instanceof BreachCheckError ? error : new BreachCheckError(failureOf(signal));
    }
  }
}

/** Reads the answer as it comes, so that no more than the limit is ever held. */
async function bodyOf(response: Response): Promise<string> {
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new BreachCheckError('status');
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_BYTES) throw new BreachCheckError('too-large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('latin1');
}

function failureOf(signal: AbortSignal): BreachCheckFailure {
  return signal.aborted ? 'timeout' : 'unreachable';
}
