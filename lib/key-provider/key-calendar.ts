import { randomBytes } from 'node:crypto';
import type { KeyDocument } from '../keyring/key-document.js';
import type { KeyState } from '../keyring/key-entry.js';

/** A key of a managed ring with its dates, in milliseconds since the Unix epoch. */
export interface ManagedKey {
  readonly id: string;
  /** 32 bytes as base64url. */
  readonly key: string;
  readonly created: number;
  /** From when on it creates. */
  readonly activates: number;
  /** When it was found to have leaked. */
  readonly revoked?: number;
}

/** The times of a managed ring, in milliseconds. */
export interface KeyCalendar {
  /** How long a key creates. */
  readonly lifetimeMs: number;
  /** How long before its turn a key must be there, so that every node has seen it. */
  readonly propagationMs: number;
}

const KEY_BYTES = 32;

/**
 * The key that has to be added now, if any: the first one at once, each other so early before the turn
 * of the newest one ends that all nodes get to know it while it is only staged.
 */
export function dueKey(
  keys: readonly ManagedKey[],
  now: number,
  calendar: KeyCalendar,
): ManagedKey | undefined {
  const newest = byActivation(keys).at(-1);
  if (!newest) return newKey(now, now);
  const turnEnds = newest.activates + calendar.lifetimeMs;
  if (now < turnEnds - calendar.propagationMs) return undefined;
  return newKey(now, Math.max(turnEnds, now + calendar.propagationMs));
}

/** The ring as it stands at a time: what was activated last creates, what comes later is staged. */
export function documentAt(keys: readonly ManagedKey[], now: number): KeyDocument {
  const candidates = byActivation(keys);
  // A node whose clock is behind may know only keys whose time has not come for it: the earliest serves.
  const primary = candidates.findLast(({ activates }) => activates <= now) ?? candidates[0];
  const stateOf = (key: ManagedKey): KeyState => {
    if (key.revoked !== undefined) return 'revoked';
    if (key === primary) return 'primary';
    return key.activates > now ? 'staged' : 'accepted';
  };
  return { v: 1, keys: keys.map((each) => ({ id: each.id, key: each.key, state: stateOf(each) })) };
}

function byActivation(keys: readonly ManagedKey[]): readonly ManagedKey[] {
  return keys
    .filter(({ revoked }) => revoked === undefined)
    .toSorted((a, b) => a.activates - b.activates);
}

function newKey(now: number, activates: number): ManagedKey {
  const day = new Date(activates).toISOString().slice(0, 10);
  const id = `${day}-${randomBytes(4).toString('hex')}`;
  return { id, key: randomBytes(KEY_BYTES).toString('base64url'), created: now, activates };
}
