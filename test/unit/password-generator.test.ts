import fc from 'fast-check';
import {
  PASSWORD_CHARACTERS,
  SecretsError,
  SecretsService,
  type PasswordRules,
} from 'nestjs-security';
import { countDraws, unevenness } from '../support/chi-square.js';

const secrets = new SecretsService();
const CLASSES = Object.entries(PASSWORD_CHARACTERS);
const ALL = Object.values(PASSWORD_CHARACTERS).join('');

/** Leaves a few characters only, so that all passwords can be listed. */
function only(characters: string): string {
  return Array.from(ALL)
    .filter((each) => !characters.includes(each))
    .join('');
}

function stringsOf(characters: string, length: number): string[] {
  if (length === 0) return [''];
  const shorter = stringsOf(characters, length - 1);
  return Array.from(characters).flatMap((first) => shorter.map((rest) => first + rest));
}

function satisfies(value: string, { require = {} }: PasswordRules): boolean {
  return CLASSES.every(([name, characters]) => {
    const minimum = Number(new Map(Object.entries(require)).get(name) ?? 0);
    return Array.from(value).filter((each) => characters.includes(each)).length >= minimum;
  });
}

const SMALL_CASES: { characters: string; rules: PasswordRules }[] = [
  { characters: 'abX12', rules: { length: 4, require: { lower: 1, upper: 1, digit: 1 } } },
  { characters: 'abX12', rules: { length: 4, require: { digit: 3 } } },
  { characters: 'abcdeX1!', rules: { length: 3, require: { upper: true, digit: true } } },
  { characters: 'aX1', rules: { length: 6, require: { lower: 2, upper: 2, digit: 2 } } },
  { characters: 'abX1', rules: { length: 5 } },
];

describe('A generated password', () => {
  it.each(SMALL_CASES)(
    'is any of the $characters strings that satisfy $rules with the same probability',
    ({ characters, rules }) => {
      const all = stringsOf(characters, rules.length ?? 0).filter((each) => satisfies(each, rules));
      const asked = { ...rules, exclude: only(characters) };
      expect(secrets.password(asked).entropyBits).toBeCloseTo(Math.log2(all.length), 12);
      const draw = () => all.indexOf(secrets.password(asked).value);
      expect(unevenness(countDraws(all.length, all.length * 30, draw))).toBeLessThan(1);
    },
  );

  it('would be uneven if one of each class were placed and the rest filled', () => {
    const all = stringsOf('abX', 3).filter((each) => each.includes('X'));
    const place = () => secrets.shuffle(['X', ...secrets.token({ bits: 3, alphabet: 'abX' })]);
    const draw = () => all.indexOf(place().slice(0, 3).join(''));
    expect(unevenness(countDraws(all.length, 20_000, draw))).toBeGreaterThan(1);
  });

  it('has all 94 characters in every place by default', () => {
    const passwords = Array.from({ length: 2000 }, () => secrets.password().value);
    const drawn = passwords.flatMap((value) => Array.from(value, (each) => ALL.indexOf(each)));
    const iterator = drawn.values();
    const counts = countDraws(94, drawn.length, () => iterator.next().value ?? -1);
    expect(passwords.every((value) => value.length === 16)).toBe(true);
    expect(unevenness(counts)).toBeLessThan(1);
    expect(secrets.password().entropyBits).toBeCloseTo(16 * Math.log2(94), 10);
  });

  it('tells its entropy as inclusion and exclusion count it', () => {
    const require = { lower: true, upper: true, digit: true, symbol: true };
    expect(secrets.password({ require }).entropyBits).toBeCloseTo(
      Math.log2(Number(countWithAllClasses(16))),
      10,
    );
  });

  it('satisfies any rules, or they are impossible', () => {
    const minimum = fc.oneof(fc.boolean(), fc.nat({ max: 4 }));
    const rules = fc.record(
      {
        length: fc.integer({ min: 1, max: 20 }),
        require: fc.record(
          { lower: minimum, upper: minimum, digit: minimum, symbol: minimum },
          { requiredKeys: [] },
        ),
        exclude: fc.string({ maxLength: 20 }),
        avoidAmbiguous: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(rules, (asked) => {
        const value = passwordOrCode(asked);
        if (value === 'SECRET_RULES_IMPOSSIBLE') return;
        expect(value).toHaveLength(asked.length ?? 16);
        expect(satisfies(value, asked)).toBe(true);
        expect(Array.from(value).filter((each) => asked.exclude?.includes(each))).toEqual([]);
        const ambiguous = asked.avoidAmbiguous ? /[0Oo1Il|2Z5S8B'"`.,:;]/ : /\s/;
        expect(value).not.toMatch(ambiguous);
      }),
      { numRuns: 500 },
    );
  });

  it('comes at once even if hardly any string satisfies the rules', () => {
    const { value, entropyBits } = secrets.password({ length: 64, require: { digit: 64 } });
    expect(value).toMatch(/^\d{64}$/);
    expect(entropyBits).toBeCloseTo(64 * Math.log2(10), 10);
  });

  it('has any entropy that a long one has', () => {
    expect(secrets.password({ length: 256 }).entropyBits).toBeCloseTo(256 * Math.log2(94), 8);
  });
});

describe('Rules that cannot be satisfied', () => {
  it.each<PasswordRules>([
    { length: 3, require: { lower: true, upper: true, digit: true, symbol: true } },
    { length: 16, require: { digit: 17 } },
    { require: { digit: true }, exclude: '0123456789' },
    { require: { symbol: 1 }, exclude: PASSWORD_CHARACTERS.symbol },
    { exclude: ALL },
  ])('are refused at once: %j', (rules) => {
    const impossible = expect.objectContaining({ code: 'SECRET_RULES_IMPOSSIBLE' });
    expect(() => secrets.password(rules)).toThrow(impossible);
  });

  it.each<PasswordRules>([
    { length: 0 },
    { length: 257 },
    { length: 1.5 },
    { length: NaN },
    { require: { digit: -1 } },
    { require: { digit: 0.5 } },
  ])('are refused as out of bounds: %j', (rules) => {
    expect(() => secrets.password(rules)).toThrow(RangeError);
  });

  it.each([
    { length: '16' },
    { require: { digit: '1' } },
    { exclude: ['a'] },
    { require: { digits: 1 } },
    { required: { digit: 1 } },
  ])('are refused as no rules: %j', (rules) => {
    expect(() => secrets.password(rules as PasswordRules)).toThrow(TypeError);
  });

  it('are named with the rule that was meant', () => {
    const misspelt = { require: { digits: 1 } } as PasswordRules;
    expect(() => secrets.password(misspelt)).toThrow(/"digits".*Did you mean "digit"/);
  });
});

function passwordOrCode(rules: PasswordRules): string {
  try {
    return secrets.password(rules).value;
  } catch (error) {
    if (error instanceof SecretsError) return error.code;
    throw error;
  }
}

/** Strings of the length in which no class is missing, by inclusion and exclusion. */
function countWithAllClasses(length: number): bigint {
  const sizes = CLASSES.map(([, characters]) => characters.length);
  let count = 0n;
  for (let missing = 0; missing < 2 ** sizes.length; missing += 1) {
    const left = sizes.filter((_, index) => (missing & (1 << index)) === 0);
    const strings = BigInt(left.reduce((sum, size) => sum + size, 0)) ** BigInt(length);
    count += (sizes.length - left.length) % 2 === 0 ? strings : -strings;
  }
  return count;
}
