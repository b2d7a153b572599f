import fc from 'fast-check';
import {
  MemoryReplayStore,
  ReplayError,
  replayKey,
  type MemoryReplayStoreOptions,
  type ReplayStore,
} from 'nestjs-security';
import { endOfAsync } from '../support/error-code.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;

/** A store whose time is set by the test. */
function storeAt(
  start: number,
  options: { maxEntries?: number; maxEntriesPerNamespace?: number } = {},
) {
  const time = { now: start };
  return { time, store: new MemoryReplayStore({ ...options, clock: () => time.now }) };
}

async function consumeMany(
  store: ReplayStore,
  namespace: string,
  count: number,
  ttlMs: number,
): Promise<void> {
  for (let index = 0; index < count; index += 1)
    await store.consume(`${namespace}:${index}-${ttlMs}`, ttlMs);
}

describe('MemoryReplayStore', () => {
  it.each([
    1,
    1000,
    15 * MINUTE_MS,
    15 * MINUTE_MS + 1,
    HOUR_MS,
    DAY_MS,
    90 * DAY_MS,
    10 * YEAR_MS,
  ])('remembers for %d ms to the millisecond, whenever it was asked in between', async (ttlMs) => {
    for (const steps of [1, 2, 7, 100]) {
      const { time, store } = storeAt(1_700_000_000_000);
      const start = time.now;
      await store.consume('x', ttlMs);
      for (let step = 1; step < steps; step += 1) {
        time.now = start + Math.floor(((ttlMs - 1) * step) / steps);
        expect(await store.consume('x', ttlMs)).toBe('used');
      }
      time.now = start + ttlMs - 1;
      expect(await store.consume('x', ttlMs)).toBe('used');
      time.now = start + ttlMs;
      expect(await store.consume('x', ttlMs)).toBe('new');
    }
  });

  it('answers as a list that forgets nothing early would, for any lifetimes and pauses', async () => {
    const action = fc.record({
      key: fc.integer({ min: 0, max: 5 }).map((index) => `${index % 2 ? 'a' : 'b'}:${index}`),
      ttlMs: fc.oneof(
        fc.integer({ min: 1, max: 4 * HOUR_MS }),
        fc.integer({ min: 1, max: YEAR_MS }),
      ),
      pauseMs: fc.oneof(
        fc.constant(0),
        fc.integer({ max: 2 * HOUR_MS, min: 0 }),
        fc.integer({ min: 0, max: YEAR_MS }),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (actions) => {
        const { time, store } = storeAt(0);
        const ends = new Map<string, number>();
        for (const { key, ttlMs, pauseMs } of actions) {
          time.now += pauseMs;
          const isUsed = (ends.get(key) ?? 0) > time.now;
          expect(await store.consume(key, ttlMs)).toBe(isUsed ? 'used' : 'new');
          if (!isUsed) ends.set(key, time.now + ttlMs);
        }
      }),
    );
  });

  it('refuses a new key when it is full, and forgets none that it holds', async () => {
    const { store, time } = storeAt(0, { maxEntries: 10, maxEntriesPerNamespace: 10 });
    await consumeMany(store, 'victim', 1, HOUR_MS);
    await consumeMany(store, 'attacker', 9, HOUR_MS);
    const refused = store.consume('attacker:more', HOUR_MS);
    await expect(refused).rejects.toBeInstanceOf(ReplayError);
    await expect(refused).rejects.toMatchObject({ code: 'MAC_REPLAY_STORE_FULL', status: 503 });
    expect(await store.consume(`victim:0-${HOUR_MS}`, HOUR_MS)).toBe('used');
    const claim = { ttlMs: HOUR_MS, leaseMs: 1, token: 't' };
    expect(await endOfAsync(() => store.claim('other:1', claim))).toBe('MAC_REPLAY_STORE_FULL');
    time.now += 2 * HOUR_MS;
    expect(await store.consume('attacker:more', HOUR_MS)).toBe('new');
  });

  it('gives a namespace half of its room unless told otherwise', async () => {
    const { store } = storeAt(0, { maxEntries: 10 });
    await consumeMany(store, 'one', 5, HOUR_MS);
    expect(await endOfAsync(() => store.consume('one:more', HOUR_MS))).toBe(
      'MAC_REPLAY_STORE_FULL',
    );
    await consumeMany(store, 'two', 5, HOUR_MS);
    expect(await endOfAsync(() => store.consume('three:1', HOUR_MS))).toBe('MAC_REPLAY_STORE_FULL');
    expect(await endOfAsync(() => store.consume('without', HOUR_MS))).toBe('MAC_REPLAY_STORE_FULL');
  });

  it('counts keys of all lifetimes, and one key once however often it is renewed', async () => {
    const { store, time } = storeAt(0, { maxEntries: 4, maxEntriesPerNamespace: 4 });
    for (let round = 0; round < 20; round += 1) {
      for (const [name, ttlMs] of [
        ['a', 1000],
        ['b', HOUR_MS],
        ['c', YEAR_MS],
      ] as const) {
        expect(await store.claim(`x:${name}`, { ttlMs, leaseMs: ttlMs, token: 't' })).toBe('new');
      }
      time.now += 10 * MINUTE_MS;
    }
    expect(await store.consume('x:d', 1000)).toBe('new');
    expect(await endOfAsync(() => store.consume('x:e', 1000))).toBe('MAC_REPLAY_STORE_FULL');
  });

  it('completes what it holds when it is full, and has room again for what was released', async () => {
    const { store } = storeAt(0, { maxEntries: 2, maxEntriesPerNamespace: 2 });
    const claim = { ttlMs: HOUR_MS, leaseMs: HOUR_MS, token: 't' };
    await store.claim('x:1', claim);
    await store.claim('x:2', claim);
    expect(await store.complete('x:1', 't')).toBe(true);
    expect(await store.release('x:2', 't')).toBe(true);
    expect(await store.consume('x:3', HOUR_MS)).toBe('new');
    expect(await endOfAsync(() => store.consume('x:4', HOUR_MS))).toBe('MAC_REPLAY_STORE_FULL');
  });

  it('has room again after four times the lifetime at most, and after half an hour for short ones', async () => {
    for (const ttlMs of [1, MINUTE_MS, 16 * MINUTE_MS, HOUR_MS, 25 * HOUR_MS, YEAR_MS]) {
      const { store, time } = storeAt(0, { maxEntries: 3, maxEntriesPerNamespace: 3 });
      await consumeMany(store, 'x', 2, ttlMs);
      await store.consume('y:0', ttlMs);
      const room = Math.max(4 * ttlMs, 30 * MINUTE_MS);
      time.now += room / 2;
      await endOfAsync(() => store.consume('y:1', ttlMs));
      time.now += room / 2;
      expect(await store.consume('y:2', ttlMs)).toBe('new');
    }
  });

  it('keeps working when the clock is set back, without forgetting early', async () => {
    const { store, time } = storeAt(10 * YEAR_MS, { maxEntries: 4, maxEntriesPerNamespace: 4 });
    await consumeMany(store, 'x', 3, HOUR_MS);
    time.now -= 9 * YEAR_MS;
    expect(await store.consume(`x:0-${HOUR_MS}`, HOUR_MS)).toBe('used');
    time.now += HOUR_MS - 1;
    expect(await store.consume(`x:0-${HOUR_MS}`, HOUR_MS)).toBe('used');
    for (let hours = 0; hours < 3; hours += 1) {
      time.now += HOUR_MS;
      await endOfAsync(() => store.consume('x:again', 1));
    }
    await consumeMany(store, 'x', 3, 2 * HOUR_MS);
    expect(await store.consume(`x:2-${2 * HOUR_MS}`, HOUR_MS)).toBe('used');
  });

  it('forgets nothing early when the clock is set back for a moment', async () => {
    for (const backMs of [MINUTE_MS, HOUR_MS, 3 * HOUR_MS, DAY_MS, YEAR_MS]) {
      const { store, time } = storeAt(10 * YEAR_MS);
      await consumeMany(store, 'x', 2, HOUR_MS);
      time.now -= backMs;
      await store.consume('x:meanwhile', HOUR_MS);
      time.now += backMs + 1000;
      await store.consume('x:afterwards', HOUR_MS);
      time.now += HOUR_MS - 1001;
      expect(await store.consume(`x:0-${HOUR_MS}`, HOUR_MS)).toBe('used');
    }
  });

  it('forgets nothing early that lives longer after a claim was renewed for long', async () => {
    const { store, time } = storeAt(0);
    await store.consume('x:other', 20 * MINUTE_MS);
    const claim = { leaseMs: MINUTE_MS, token: 't' };
    for (; time.now < HOUR_MS; time.now += 10 * MINUTE_MS)
      await store.claim('x:1', { ...claim, ttlMs: 15 * MINUTE_MS });
    await store.claim('x:1', { ...claim, ttlMs: 20 * MINUTE_MS });
    await store.complete('x:1', 't');
    await store.consume('x:2', MINUTE_MS);
    expect(await store.consume('x:1', MINUTE_MS)).toBe('used');
  });

  it.each([
    ['maxEntries', { maxEntries: 0 }, 'maxEntries must be a whole number from 1 to 10000000'],
    [
      'maxEntries',
      { maxEntries: 10_000_001 },
      'maxEntries must be a whole number from 1 to 10000000',
    ],
    [
      'maxEntriesPerNamespace',
      { maxEntries: 5, maxEntriesPerNamespace: 6 },
      'maxEntriesPerNamespace must be a whole number from 1 to 5',
    ],
    [
      'a misspelt option',
      { maxEntrys: 5 },
      'MemoryReplayStore has no option "maxEntrys". Did you mean "maxEntries"?',
    ],
  ])('refuses a bad %s', (_, options, message) => {
    expect(() => new MemoryReplayStore(options as MemoryReplayStoreOptions)).toThrow(message);
  });
});

describe('replayKey', () => {
  it('is the base64url of SHA-256 over the parts with their lengths, behind the namespace', () => {
    // Computed with Python: hashlib.sha256(b"\0\0\0\x06stripe" + b"\0\0\0\0" + b"\0\0\0\x05evt_1")
    expect(replayKey('webhook', ['stripe', '', 'evt_1'])).toBe(
      'webhook:NMXO3VRMV0ldke1q2ueZ4pEG-RgqHii5zbMDhNRaeiI',
    );
    expect(replayKey('webhook', ['stripe', '', Buffer.from('evt_1')])).toBe(
      replayKey('webhook', ['stripe', '', 'evt_1']),
    );
  });

  it('differs for every other list of parts and namespace', () => {
    const lists = fc.array(fc.string({ unit: 'grapheme', maxLength: 4 }), { maxLength: 4 });
    fc.assert(
      fc.property(lists, lists, (one, other) => {
        const isEqual = JSON.stringify(one) === JSON.stringify(other);
        expect(replayKey('n', one) === replayKey('n', other)).toBe(isEqual);
        expect(replayKey('n', one)).not.toBe(replayKey('m', one));
      }),
    );
  });

  it('fits every store, whatever the parts are', async () => {
    const store = new MemoryReplayStore();
    const key = replayKey('n'.repeat(64), [
      'x'.repeat(1_000_000),
      '\u{1F511}\n',
      new Uint8Array(9),
    ]);
    expect(await store.consume(key, 1)).toBe('new');
  });

  it.each<[string, () => unknown]>([
    ['an empty namespace', () => replayKey('', [])],
    ['a namespace with a colon', () => replayKey('a:b', [])],
    ['a namespace of 65 characters', () => replayKey('n'.repeat(65), [])],
    ['a namespace with a line end', () => replayKey('a\n', [])],
    ['a lone surrogate', () => replayKey('n', ['\ud800'])],
    ['a part that is missing', () => replayKey('n', [undefined as unknown as string])],
  ])('refuses %s', (_, make) => {
    expect(make).toThrow(TypeError);
  });
});
