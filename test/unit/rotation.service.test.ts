import fc from 'fast-check';
import { inspect } from 'node:util';
import {
  EncryptionService,
  RotationService,
  type EncryptOptions,
  type RotationProgress,
} from 'nestjs-security';
import { renewValue } from '../../lib/encryption/rotation/renew-value.js';
import { testKey } from '../support/keys.js';
import { MemoryRows, type MemoryRow } from '../support/memory-rows.js';
import { startServices } from '../support/services.js';

const TIME = 1_700_000_000;
const RINGS = { rings: { pii: {} } };
const KEYS = [
  { ...testKey('new'), state: 'primary' },
  { ...testKey('old'), state: 'accepted' },
  { ...testKey('leaked'), state: 'revoked' },
] as const;

let rotation: RotationService;
let encryption: EncryptionService;
/** Services as they were while another key was primary. */
const past = new Map<string, EncryptionService>();

beforeAll(async () => {
  const { module } = await startServices({ keys: KEYS, encryption: RINGS });
  rotation = module.get(RotationService);
  encryption = module.get(EncryptionService);
  for (const id of ['new', 'old', 'leaked', 'foreign']) {
    const before = await startServices({
      keys: [testKey(id)],
      encryption: RINGS,
      clock: () => TIME * 1000,
    });
    past.set(id, before.module.get(EncryptionService));
  }
});

function sealed(id: string, plaintext: string | Uint8Array, options: EncryptOptions = {}): string {
  return past.get(id)?.seal(plaintext, options) ?? '';
}

function bare(id: string, plaintext: string | Uint8Array, options: EncryptOptions = {}): string {
  return past.get(id)?.encrypt(plaintext, options) ?? '';
}

describe('RotationService.run', () => {
  it('encrypts again what is not under the primary key, and keeps form, plaintext and time', async () => {
    const table = new MemoryRows([
      sealed('old', 'a'),
      bare('old', 'b'),
      sealed('leaked', 'c'),
      bare('leaked', 'd'),
    ]);
    const report = await rotation.run({ source: table.source(), dryRun: false });
    expect(report).toEqual({
      source: 'memory',
      dryRun: false,
      scanned: 4,
      rotated: 4,
      alreadyCurrent: 0,
      empty: 0,
      failedCount: 0,
      failed: [],
      lostRaces: 0,
      resumedAfter: undefined,
      lastCursor: '4',
      done: true,
    });
    const [a, b, c, d] = table.values.map(String);
    expect([a, c].map((value) => encryption.openToString(value ?? ''))).toEqual(['a', 'c']);
    expect([b, d].map((value) => encryption.decryptToString(value ?? ''))).toEqual(['b', 'd']);
    for (const value of [a, b, c, d]) {
      expect(encryption.decryptDetailed(value ?? '')).toMatchObject({
        keyId: 'new',
        createdAt: TIME,
        needsRotation: false,
      });
    }
  });

  it('writes nothing unless told to', async () => {
    const values = [sealed('old', 'a'), sealed('new', 'b'), sealed('foreign', 'c')];
    const table = new MemoryRows(values);
    const report = await rotation.run({ source: table.source() });
    expect(report).toMatchObject({ dryRun: true, rotated: 1, alreadyCurrent: 1, failedCount: 1 });
    expect(table.values).toEqual(values);
    expect(table.swaps).toEqual([]);
  });

  it('knows the context and the ring of each row, and keeps them', async () => {
    const context = ['users.iban', '7'];
    const table = new MemoryRows([
      { value: sealed('old', 'a', { context }), context },
      { value: sealed('old', 'b', { ring: 'pii', context }), ring: 'pii', context },
      { value: sealed('old', 'c', { context }), context: ['users.iban', '8'] },
    ]);
    const report = await rotation.run({ source: table.source(), dryRun: false });
    expect(report).toMatchObject({
      rotated: 2,
      failed: [{ cursor: '3', reason: 'ENC_TOKEN_INVALID' }],
    });
    const [a, b] = table.values.map(String);
    expect(encryption.openToString(a ?? '', { context })).toBe('a');
    expect(encryption.openToString(b ?? '', { context, ring: 'pii' })).toBe('b');
  });

  it('leaves alone and reports whatever does not open, and goes on', async () => {
    const hostile: MemoryRow[] = [
      { value: sealed('foreign', 'a') },
      { value: bare('foreign', 'b') },
      { value: '' },
      { value: 'plain text' },
      { value: 'f1.old.' },
      { value: `f1.${'x'.repeat(10_000)}.${bare('old', 'c')}` },
      { value: sealed('old', 'd').replace('f1.old.', 'f1.new.') },
      { value: `${bare('old', 'e')}\n` },
      { value: 7 },
      { value: {} },
      { value: Buffer.from('bytes') },
      { value: sealed('old', 'f'), context: [] },
      { value: sealed('old', 'g'), ring: 'none' },
    ];
    const table = new MemoryRows([...hostile, { value: sealed('old', 'last') }]);
    const report = await rotation.run({ source: table.source(), dryRun: false, batchSize: 2 });
    expect(report).toMatchObject({ failedCount: hostile.length, rotated: 1, done: true });
    expect(report.failed.map(({ reason }) => reason)).toEqual([
      ...Array.from({ length: 8 }, () => 'ENC_TOKEN_INVALID'),
      'not-text',
      'not-text',
      'not-text',
      'ENC_CONTEXT_INVALID',
      'ENC_RING_UNKNOWN',
    ]);
    expect(table.values.slice(0, -1)).toEqual(hostile.map(({ value }) => value));
  });

  it('passes over rows without a value', async () => {
    const table = new MemoryRows([null, sealed('old', 'a'), null]);
    const report = await rotation.run({ source: table.source(), dryRun: false });
    expect(report).toMatchObject({ scanned: 3, empty: 2, rotated: 1 });
  });

  it('finds nothing to do the second time, whatever the rows are', async () => {
    const value = fc.record({
      id: fc.constantFrom('new', 'old', 'leaked', 'foreign'),
      form: fc.constantFrom(sealed, bare),
      plaintext: fc.uint8Array({ maxLength: 64 }),
      ring: fc.constantFrom(undefined, 'pii'),
      context: fc.option(fc.array(fc.string(), { minLength: 1, maxLength: 3 }), { nil: undefined }),
    });
    const run = async (
      rows: ((typeof value extends fc.Arbitrary<infer Value> ? Value : never) | null)[],
      batchSize: number,
    ): Promise<void> => {
      const table = new MemoryRows(
        rows.map((row) => {
          if (!row) return null;
          const { id, form, plaintext, ring, context } = row;
          const where = { ...(ring && { ring }), ...(context && { context }) };
          return { value: form(id, plaintext, where), ...where };
        }),
      );
      const before = [...table.values];
      const first = await rotation.run({ source: table.source(), dryRun: false, batchSize });
      const openable = rows.filter((row) => row && row.id !== 'foreign');
      expect(first.scanned).toBe(rows.length);
      expect(first.rotated + first.alreadyCurrent).toBe(openable.length);
      expect(first.rotated + first.alreadyCurrent + first.empty + first.failedCount).toBe(
        rows.length,
      );
      const isLeft = (row: (typeof rows)[number] | undefined): boolean =>
        !row || row.id === 'foreign' || row.id === 'new';
      const now = [...table.rows.values()];
      expect(now.filter((_, index) => isLeft(rows[index])).map(({ value: left }) => left)).toEqual(
        before.filter((_, index) => isLeft(rows[index])),
      );
      const opened = now.flatMap(({ value: token, ring, context }, index) =>
        openable.includes(rows[index] ?? null)
          ? encryption.decryptDetailed(String(token), {
              ...(context && { context }),
              ...(ring && { ring }),
            })
          : [],
      );
      expect(opened.map(({ plaintext }) => plaintext.toString('hex'))).toEqual(
        openable.map((row) => Buffer.from(row?.plaintext ?? []).toString('hex')),
      );
      expect(opened.every(({ keyId, createdAt }) => keyId === 'new' && createdAt === TIME)).toBe(
        true,
      );
      const second = await rotation.run({ source: table.source(), dryRun: false });
      expect(second).toMatchObject({ rotated: 0, alreadyCurrent: openable.length });
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(value, { nil: null }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 8 }),
        run,
      ),
      { numRuns: 60 },
    );
  });
});

describe('a row that somebody else changes meanwhile', () => {
  it('is read anew and judged again', async () => {
    const table = new MemoryRows([
      sealed('old', 'mine'),
      sealed('old', 'x'),
      sealed('old', 'y'),
      sealed('old', 'z'),
    ]);
    const changes: Record<string, MemoryRow | undefined> = {
      1: { value: sealed('old', 'theirs') },
      2: { value: sealed('new', 'theirs, current') },
      3: { value: null },
    };
    table.beforeSwap = (cursor) => {
      const change = changes[cursor];
      if (cursor === '4') table.rows.delete('4');
      else if (change) table.rows.set(cursor, change);
      delete changes[cursor];
    };
    const report = await rotation.run({ source: table.source(), dryRun: false });
    expect(report).toMatchObject({
      scanned: 4,
      rotated: 1,
      alreadyCurrent: 1,
      empty: 2,
      lostRaces: 4,
      failedCount: 0,
    });
    expect(encryption.openToString(String(table.values[0]))).toBe('theirs');
    expect(encryption.openToString(String(table.values[1]))).toBe('theirs, current');
  });

  it('again and again is left alone after five tries, and reported', async () => {
    const table = new MemoryRows([sealed('old', 'a')]);
    table.beforeSwap = () => void table.rows.set('1', { value: sealed('old', 'b') });
    const report = await rotation.run({ source: table.source(), dryRun: false });
    expect(report).toMatchObject({
      lostRaces: 5,
      failed: [{ cursor: '1', reason: 'changed-too-often' }],
    });
    expect(table.swaps).toHaveLength(5);
  });
});

describe('a new value', () => {
  const old = { cursor: '1', value: 'old value' };
  const detailed = { plaintext: Buffer.from('p'), keyId: 'old', createdAt: 5, needsRotation: true };

  it.each([
    ['another plaintext', { plaintext: Buffer.from('q') }],
    ['a longer plaintext', { plaintext: Buffer.from('pp') }],
    ['another time', { createdAt: 6 }],
    ['a key that is not the primary', { needsRotation: true }],
  ])('that opens to %s is never stored', (_, difference) => {
    const faulty = {
      rotate: () => 'new value',
      decryptDetailed: (value: string) =>
        value === 'old value' ? detailed : { ...detailed, needsRotation: false, ...difference },
    };
    expect(renewValue(faulty, old)).toEqual({ state: 'refused', reason: 'not-verified' });
  });

  it('that opens to the same is given', () => {
    const right = {
      rotate: () => 'new value',
      decryptDetailed: (value: string) => ({ ...detailed, needsRotation: value === 'old value' }),
    };
    expect(renewValue(right, old)).toEqual({
      state: 'renewed',
      oldValue: 'old value',
      newValue: 'new value',
    });
  });

  it('that does not open is never stored', () => {
    const faulty = {
      rotate: () => 'damaged',
      decryptDetailed: (value: string) =>
        value === 'old value' ? detailed : encryption.decryptDetailed(value),
    };
    expect(renewValue(faulty, old)).toEqual({ state: 'refused', reason: 'not-verified' });
  });
});

describe('a run', () => {
  const many = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => sealed('old', `${index}`));

  it('tells after each batch how far it is', async () => {
    const seen: RotationProgress[] = [];
    await rotation.run({
      source: new MemoryRows(many(5)).source(),
      batchSize: 2,
      onProgress: (progress) => void seen.push(progress),
    });
    expect(seen.map(({ scanned, total, lastCursor }) => [scanned, total, lastCursor])).toEqual([
      [2, 5, '2'],
      [4, 5, '4'],
      [5, 5, '5'],
    ]);
  });

  it('works on as many rows at a time as it was told, and never on more', async () => {
    const table = new MemoryRows(many(20));
    let now = 0;
    let most = 0;
    table.beforeSwap = async () => {
      most = Math.max(most, (now += 1));
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
    };
    await rotation.run({ source: table.source(), dryRun: false, concurrency: 3 });
    expect(most).toBe(3);
  });

  it('finishes its batch when it is aborted, and says that it is not done', async () => {
    const stop = new AbortController();
    const table = new MemoryRows(many(10));
    table.beforeSwap = (cursor) => {
      if (cursor === '2') stop.abort();
    };
    const report = await rotation.run({
      source: table.source(),
      dryRun: false,
      batchSize: 4,
      concurrency: 1,
      signal: stop.signal,
    });
    expect(report).toMatchObject({ scanned: 4, rotated: 4, lastCursor: '4', done: false });
  });

  it('stops at the first failure when it is told to', async () => {
    const table = new MemoryRows([...many(2), 'damaged', ...many(2)]);
    const report = await rotation.run({
      source: table.source(),
      dryRun: false,
      concurrency: 1,
      failFast: true,
    });
    expect(report).toMatchObject({ scanned: 3, rotated: 2, failedCount: 1, done: false });
  });

  it('ends with what the source throws, after what is under way has ended', async () => {
    const table = new MemoryRows(many(6));
    table.beforeSwap = async (cursor) => {
      if (cursor === '2') throw new Error('connection lost');
      await new Promise((resolve) => setTimeout(resolve, 10));
    };
    const run = rotation.run({ source: table.source(), dryRun: false, concurrency: 2 });
    await expect(run).rejects.toThrow('connection lost');
    expect(table.swaps.map(({ cursor }) => cursor)).toEqual(['1', '2']);
    expect(encryption.openToString(String(table.values[0]))).toBe('0');
  });

  it('lists a hundred failures and counts all', async () => {
    const table = new MemoryRows(Array.from({ length: 250 }, () => 'damaged'));
    const report = await rotation.run({ source: table.source() });
    expect(report.failed).toHaveLength(100);
    expect(report.failedCount).toBe(250);
  });

  it('reports no value, token or key', async () => {
    const table = new MemoryRows([
      sealed('old', 'top secret'),
      sealed('foreign', 'other secret'),
      'plain secret',
    ]);
    const values = [...table.values];
    const report = await rotation.run({ source: table.source(), dryRun: false });
    const shown = inspect(report, { depth: 9 }) + JSON.stringify(report);
    for (const secret of ['top secret', 'plain secret', ...values, ...table.values]) {
      expect(shown).not.toContain(String(secret));
    }
  });

  it.each([
    [{ batchSize: 0 }, RangeError],
    [{ batchSize: 1.5 }, RangeError],
    [{ batchSize: '500' }, TypeError],
    [{ concurrency: 0 }, RangeError],
    [{ concurrency: 1001 }, RangeError],
    [{ dryRun: 'false' }, TypeError],
    [{ dryrun: false }, TypeError],
    [{ source: {} }, TypeError],
    [{ source: null }, TypeError],
  ])('refuses %j', async (wrong, kind) => {
    const options = { source: new MemoryRows([]).source(), ...wrong };
    await expect(rotation.run(options as never)).rejects.toThrow(kind);
  });

  it('refuses a swap that gives no answer', async () => {
    const source = new MemoryRows(many(1)).source({ swap: async () => undefined as never });
    await expect(rotation.run({ source, dryRun: false })).rejects.toThrow('true or false');
  });
});
