import type { FernetKey } from './fernet-key.js';

/** What a genuine token gave. */
export interface OpenedToken {
  readonly ok: true;
  readonly plaintext: Buffer;
  /** The key that made it. */
  readonly key: FernetKey;
  /** The seconds since the Unix epoch that it was stamped with. */
  readonly timestamp: bigint;
}

/** Why a token was not opened. `expired` and `from-the-future` mean that it is genuine. */
export interface RefusedToken {
  readonly ok: false;
  readonly reason:
    'malformed' | 'unknown-key' | 'revoked-key' | 'no-matching-key' | 'expired' | 'from-the-future';
}

/** What opening a token gave. */
export type FernetVerdict = OpenedToken | RefusedToken;

/** When a token is too old or comes from the future; without it time is not looked at. */
export interface FernetTimeRule {
  /** The age in seconds up to which a token is valid, that second included. */
  readonly ttlSeconds: number;
  /** The time now, in seconds since the Unix epoch. */
  readonly now: bigint;
  /** How many seconds the clock that made the token may run ahead of ours. */
  readonly clockSkewSeconds: number;
}

/** What is wrong with the time of a token whose MAC held; judged as Python's `cryptography` does. */
export function judgeTime(
  timestamp: bigint,
  rule: FernetTimeRule | undefined,
): 'expired' | 'from-the-future' | undefined {
  if (!rule) return undefined;
  if (timestamp + BigInt(rule.ttlSeconds) < rule.now) return 'expired';
  if (rule.now + BigInt(rule.clockSkewSeconds) < timestamp) return 'from-the-future';
  return undefined;
}
