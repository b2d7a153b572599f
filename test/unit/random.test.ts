import { jest } from '@jest/globals';
import fc from 'fast-check';
import { SecretsService, TotpService } from 'nestjs-security';
import { countDraws, unevenness } from '../support/chi-square.js';
import { startServices } from '../support/services.js';

const secrets = new SecretsService();
const CELLS = 256;

describe('The chi-square test', () => {
  it('finds the bias of a remainder', () => {
    const counts = countDraws(10, 100_000, () => secrets.randBelow(64) % 10);
    expect(unevenness(counts)).toBeGreaterThan(1);
  });
});

describe('randBelow', () => {
  it.each([2, 10, 94, 7776])('is even over %p values', (limit) => {
    const counts = countDraws(limit, limit * 20 + 20_000, () => secrets.randBelow(limit));
    expect(unevenness(counts)).toBeLessThan(1);
  });

  it.each([10n, 94n, 7776n])('is even over %p values given as a bigint', (limit) => {
    const draw = () => Number(secrets.randBelow(limit));
    expect(unevenness(countDraws(Number(limit), Number(limit) * 20, draw))).toBeLessThan(1);
  });

  it.each([2n ** 32n + 1n, 3n * 2n ** 62n, 10n ** 30n, 2n ** 521n - 1n])(
    'is even over %p values, in their upper and in their lower digits',
    (limit) => {
      const values = Array.from({ length: 30_000 }, () => secrets.randBelow(limit));
      const upper = values.map((value) => Number((value * BigInt(CELLS)) / limit));
      const lower = values.map((value) => Number(value % BigInt(CELLS)));
      expect(unevenness(tally(upper))).toBeLessThan(1);
      expect(unevenness(tally(lower))).toBeLessThan(1);
    },
  );

  it.each([2 ** 32 + 1, 2 ** 48 - 1, 2 ** 48, 3 * 2 ** 51, Number.MAX_SAFE_INTEGER])(
    'is even over %p values given as a number',
    (limit) => {
      const values = Array.from({ length: 30_000 }, () => secrets.randBelow(limit));
      const upper = values.map((value) => Math.floor((value / limit) * CELLS));
      expect(unevenness(tally(upper))).toBeLessThan(1);
      expect(unevenness(tally(values.map((value) => value % CELLS)))).toBeLessThan(1);
    },
  );

  it('stays below any limit and keeps its type', () => {
    const within = <T extends number | bigint>(value: T, limit: T) => value >= 0 && value < limit;
    fc.assert(
      fc.property(fc.maxSafeNat(), (n) => n === 0 || within(secrets.randBelow(n), n)),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 300n }), (n) => within(secrets.randBelow(n), n)),
      { numRuns: 1000 },
    );
  });

  it('has one answer below 1', () => {
    expect(secrets.randBelow(1)).toBe(0);
    expect(secrets.randBelow(1n)).toBe(0n);
  });

  it.each([0, -1, 1.5, NaN, Infinity, 2 ** 53])('refuses the limit %p', (limit) => {
    expect(() => secrets.randBelow(limit)).toThrow(RangeError);
  });

  it.each([0n, -1n])('refuses the limit %p', (limit) => {
    expect(() => secrets.randBelow(limit)).toThrow(RangeError);
  });

  it.each(['10', null, undefined, {}])('refuses the limit %p, which is no number', (limit) => {
    expect(() => secrets.randBelow(limit as number)).toThrow(TypeError);
  });
});

describe('randBits', () => {
  it.each([1, 7, 8, 9, 64, 257])('uses every one of %p bits as often as not', (bits) => {
    let everSet = 0n;
    let everClear = 0n;
    for (let draw = 0; draw < 200; draw += 1) {
      const value = secrets.randBits(bits);
      everSet |= value;
      everClear |= ~value & (2n ** BigInt(bits) - 1n);
    }
    expect(everSet).toBe(2n ** BigInt(bits) - 1n);
    expect(everClear).toBe(2n ** BigInt(bits) - 1n);
  });

  it('has one answer for no bits', () => {
    expect(secrets.randBits(0)).toBe(0n);
  });

  it.each([-1, 1.5, NaN, 2 ** 23 + 1])('refuses %p bits', (bits) => {
    expect(() => secrets.randBits(bits)).toThrow(RangeError);
  });

  it.each(['8', 8n, null])('refuses %p, which is no number', (bits) => {
    expect(() => secrets.randBits(bits as unknown as number)).toThrow(TypeError);
  });
});

describe('choice, sample and shuffle', () => {
  const letters = ['a', 'b', 'c', 'd'];

  it('give every order the same probability', () => {
    const orders = permutationsOf(letters);
    const draw = () => orders.indexOf(secrets.shuffle(letters).join(''));
    expect(unevenness(countDraws(orders.length, 24_000, draw))).toBeLessThan(1);
  });

  it('give every ordered selection the same probability', () => {
    const pairs = letters.flatMap((a) => letters.filter((b) => b !== a).map((b) => a + b));
    const draw = () => pairs.indexOf(secrets.sample(letters, 2).join(''));
    expect(unevenness(countDraws(pairs.length, 12_000, draw))).toBeLessThan(1);
  });

  it('give every item the same probability', () => {
    const draw = () => letters.indexOf(secrets.choice(letters));
    expect(unevenness(countDraws(letters.length, 10_000, draw))).toBeLessThan(1);
  });

  it('leave the list alone and lose nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (items) => {
        const before = [...items];
        const shuffled = secrets.shuffle(items);
        expect(items).toEqual(before);
        expect(shuffled).not.toBe(items);
        expect(shuffled.toSorted(ascending)).toEqual(before.toSorted(ascending));
      }),
    );
  });

  it('take a sample as large as the list, and an empty one', () => {
    expect(secrets.sample(letters, 4).toSorted()).toEqual(letters);
    expect(secrets.sample([], 0)).toEqual([]);
    expect(secrets.shuffle([])).toEqual([]);
  });

  it('refuse to choose from nothing, or more than there is', () => {
    const tooFew = expect.objectContaining({ code: 'SECRET_TOO_FEW_ITEMS' });
    expect(() => secrets.choice([])).toThrow(tooFew);
    expect(() => secrets.sample(letters, 5)).toThrow(tooFew);
  });

  it.each([-1, 1.5, NaN])('refuse a sample of %p', (count) => {
    expect(() => secrets.sample(letters, count)).toThrow(RangeError);
  });

  it.each(['abc', undefined, null, new Set(['a'])])('refuse %p, which is no list', (items) => {
    expect(() => secrets.choice(items as unknown as string[])).toThrow(TypeError);
    expect(() => secrets.sample(items as unknown as string[], 1)).toThrow(TypeError);
    expect(() => secrets.shuffle(items as unknown as string[])).toThrow(TypeError);
  });
});

it('nothing that is drawn comes from Math.random', async () => {
  const totp = (await startServices()).module.get(TotpService);
  const mathRandom = jest.spyOn(Math, 'random');
  secrets.tokenUrlsafe();
  secrets.token();
  secrets.randBits(64);
  secrets.randBelow(10n ** 30n);
  secrets.shuffle(['a', 'b', 'c']);
  secrets.password();
  secrets.passphrase();
  secrets.otp();
  secrets.recoveryCodes();
  await totp.generateSecret();
  expect(mathRandom).not.toHaveBeenCalled();
  mathRandom.mockRestore();
});

function tally(cells: readonly number[]): number[] {
  const iterator = cells.values();
  return countDraws(CELLS, cells.length, () => iterator.next().value ?? -1);
}

function ascending(a: number, b: number): number {
  return a - b;
}

function permutationsOf(items: readonly string[]): string[] {
  if (items.length === 0) return [''];
  return items.flatMap((first) =>
    permutationsOf(items.filter((item) => item !== first)).map((rest) => first + rest),
  );
}
