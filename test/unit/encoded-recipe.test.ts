import fc from 'fast-check';
import {
  formatRecipe,
  parseRecipe,
  recipeFromEncoded,
} from '../../lib/key-derivation/encoded-recipe.js';
import type { Recipe } from '../../lib/key-derivation/recipe.js';
import { KeyDerivationError } from 'nestjs-security';

const salt = 'c29tZXNhbHRzb21lc2FsdA';
const good = `$scrypt$ln=14,r=8,p=1,l=32$${salt}`;

const whole = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const common = {
  salt: fc.uint8Array({ minLength: 8, maxLength: 1024 }).map((bytes) => Buffer.from(bytes)),
  length: whole(4, 1024),
};
const iterations = whole(1, 300_000);
const recipes: fc.Arbitrary<Recipe> = fc.oneof(
  fc.record({
    ...common,
    algorithm: fc.constant('scrypt' as const),
    params: fc.record({ N: whole(1, 15).map((ln) => 2 ** ln), r: whole(1, 64), p: whole(1, 16) }),
  }),
  fc.record({
    ...common,
    algorithm: fc.constantFrom('pbkdf2-sha256' as const, 'pbkdf2-sha512' as const),
    params: fc.record({ iterations }),
  }),
  fc.record({
    ...common,
    algorithm: fc.constant('argon2id' as const),
    params: fc.record({
      memoryKiB: whole(128, 65_536),
      timeCost: whole(1, 16),
      parallelism: whole(1, 16),
    }),
  }),
);

describe('the encoded form of a recipe', () => {
  it.each([
    [good, 'scrypt', { N: 16_384, r: 8, p: 1 }],
    [`$pbkdf2-sha256$i=600000,l=32$${salt}`, 'pbkdf2-sha256', { iterations: 600_000 }],
    [`$pbkdf2-sha512$i=210000,l=32$${salt}`, 'pbkdf2-sha512', { iterations: 210_000 }],
    [
      `$argon2id$v=19$m=65536,t=3,p=4,l=32$${salt}`,
      'argon2id',
      { memoryKiB: 65_536, timeCost: 3, parallelism: 4 },
    ],
  ] as const)('is %s', (encoded, algorithm, params) => {
    const recipe = { algorithm, params, salt: Buffer.from('somesaltsomesalt'), length: 32 };
    expect(formatRecipe(recipe)).toBe(encoded);
    expect(recipeFromEncoded(encoded)).toEqual(recipe);
  });

  it('is read as what was written', () => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        expect(recipeFromEncoded(formatRecipe(recipe))).toEqual(recipe);
      }),
    );
  });

  it('has one spelling: a text with one character changed, dropped or added is another recipe or none', () => {
    const edits = fc.tuple(
      recipes,
      fc.nat(),
      fc.nat(1),
      fc.constantFrom(...'$,=+/-.0123456789AZaz \n\0'),
    );
    fc.assert(
      fc.property(edits, ([recipe, position, dropped, inserted]) => {
        const text = formatRecipe(recipe);
        const at = position % (text.length + 1);
        for (const between of [inserted, '']) {
          const edited = text.slice(0, at) + between + text.slice(at + dropped);
          expect(spellingOf(edited)).toBe(edited);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('is refused with a coded error or has this one spelling, whatever the text', () => {
    const heads = fc.constantFrom('', '$', '$scrypt$', '$pbkdf2-sha256$i=1,', '$argon2id$v=19$m=8');
    fc.assert(
      fc.property(heads, fc.string({ unit: 'binary' }), (head, text) => {
        expect(spellingOf(head + text)).toBe(head + text);
      }),
    );
  });

  it.each<[string, unknown]>([
    ['no text', null],
    ['an array', [good]],
    ['empty', ''],
    ['another algorithm', good.replace('scrypt', 'bcrypt')],
    ['the name of an inherited property', good.replace('scrypt', 'constructor')],
    ['upper case', good.replace('scrypt', 'SCRYPT')],
    ['a leading zero', good.replace('r=8', 'r=08')],
    ['a sign', good.replace('r=8', 'r=+8')],
    ['an exponent', good.replace('r=8', 'r=8e0')],
    ['hexadecimal', good.replace('r=8', 'r=0x8')],
    ['digits of another script', good.replace('r=8', 'r=٨')],
    ['11 digits', good.replace('l=32', 'l=42949672960')],
    ['N in place of its exponent', good.replace('ln=14', 'N=16384')],
    ['another order', good.replace('r=8,p=1', 'p=1,r=8')],
    ['a field twice', good.replace('r=8', 'r=8,r=8')],
    ['a field missing', good.replace(',l=32', '')],
    ['an unknown field', good.replace('l=32', 'l=32,x=1')],
    ['a version that scrypt has not', good.replace('$ln', '$v=19$ln')],
    ['no version of Argon2', `$argon2id$m=64,t=2,p=1,l=32$${salt}`],
    ['version 1.0 of Argon2', `$argon2id$v=16$m=64,t=2,p=1,l=32$${salt}`],
    ['no salt', good.replace(`$${salt}`, '')],
    ['an empty salt', good.replace(salt, '')],
    ['a salt of 7 bytes', good.replace(salt, 'c29tZXNhbA')],
    [
      'a salt of 1025 bytes',
      good.replace(salt, Buffer.alloc(1025).toString('base64').replace(/=+$/, '')),
    ],
    ['padding', `${good}==`],
    ['spare bits in the salt', `${good.slice(0, -1)}B`],
    ['the alphabet of base64url', good.replace('c29', '_-9')],
    ['a cut salt', good.slice(0, -1)],
    ['a hash behind the salt', `${good}$${salt}`],
    ['a newline', `${good}\n`],
    ['a space before', ` ${good}`],
  ])('is refused when it is or has: %s', (_, encoded) => {
    expect(parseRecipe(encoded)).toBeUndefined();
    expect(() => recipeFromEncoded(encoded)).toThrow(
      expect.objectContaining({ code: 'KDF_ENCODED_INVALID' }),
    );
  });
});

/** The one spelling of what a text says; the text itself where it says nothing. */
function spellingOf(text: string): string {
  try {
    return formatRecipe(recipeFromEncoded(text));
  } catch (error) {
    if (error instanceof KeyDerivationError) return text;
    throw error;
  }
}
