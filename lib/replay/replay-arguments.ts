import { checkWhole } from '../common/check-whole.js';
import type { ReplayClaimOptions } from './replay-store.js';

/** The longest time for which a store remembers: 3,660 days, which is ten years and a week. */
export const MAX_TTL_MS = 3660 * 24 * 60 * 60 * 1000;

const KEY = /^[\x21-\x7e]{1,256}$/;
const TOKEN = /^[\x21-\x7e]{1,64}$/;

/** @throws TypeError for anything but 1 to 256 visible ASCII characters */
export function checkReplayKey(key: unknown): asserts key is string {
  if (typeof key !== 'string' || !KEY.test(key)) {
    throw new TypeError('a replay key must be 1 to 256 visible ASCII characters');
  }
}

/** @throws TypeError for anything but 1 to 64 visible ASCII characters */
export function checkReplayToken(token: unknown): asserts token is string {
  if (typeof token !== 'string' || !TOKEN.test(token)) {
    throw new TypeError('the token of a claim must be 1 to 64 visible ASCII characters');
  }
}

/** @throws TypeError when it is no number, RangeError unless it is whole, 1 to {@link MAX_TTL_MS} */
export function checkTtl(ttlMs: unknown): asserts ttlMs is number {
  checkWhole(ttlMs, 'ttlMs', 1, MAX_TTL_MS);
}

/** @throws TypeError or RangeError for an option out of its bounds */
export function checkClaimOptions({ ttlMs, leaseMs, token }: ReplayClaimOptions): void {
  checkTtl(ttlMs);
  checkWhole(leaseMs, 'leaseMs', 1, ttlMs);
  checkReplayToken(token);
}
