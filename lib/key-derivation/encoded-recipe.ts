import { decodeUnpaddedBase64, encodeUnpaddedBase64 } from '../common/encoding.js';
import { KeyDerivationError } from '../errors/key-derivation.error.js';
import type { KdfAlgorithm } from './kdf-algorithm.js';
import {
  checkRecipe,
  isSalt,
  KDF_ALGORITHMS,
  type Recipe,
  type UncheckedRecipe,
} from './recipe.js';

const MAX_CHARACTERS = 1536;
const LENGTH_LETTER = 'l';
const DECIMAL = '(0|[1-9][0-9]{0,9})';

/** Writes a recipe as `$<algorithm>$<parameters>$<salt>`; `docs/key-derivation.md` says it byte by byte. */
export function formatRecipe({ algorithm, params, salt, length }: Recipe): string {
  const { head, parameters } = KDF_ALGORITHMS[algorithm];
  const fields = Object.entries(parameters).map(([name, { letter, powerOfTwo }]) => {
    const value = params[name] ?? Number.NaN;
    return `${letter}=${powerOfTwo === true ? exponentOf(value) : value}`;
  });
  const list = [...fields, `${LENGTH_LETTER}=${length}`].join(',');
  return `${head}$${list}$${encodeUnpaddedBase64(salt)}`;
}

/**
 * Reads what {@link formatRecipe} writes: the fields in that order, plain decimals, canonical base64, and
 * so no second spelling of any recipe. Says nothing about the size of the numbers.
 *
 * @returns `undefined` for anything else, whatever its type, in time linear in at most 1536 characters
 */
export function parseRecipe(encoded: unknown): UncheckedRecipe | undefined {
  if (typeof encoded !== 'string' || encoded.length > MAX_CHARACTERS) return undefined;
  const [algorithm, definition] =
    Object.entries(KDF_ALGORITHMS).find(([, { head }]) => encoded.startsWith(`${head}$`)) ?? [];
  if (!definition) return undefined;
  const [list = '', saltText = '', ...rest] = encoded.slice(definition.head.length + 1).split('$');
  const salt = decodeUnpaddedBase64(saltText);
  const numbers = parseFields(list, definition);
  if (rest.length > 0 || !numbers || !isSalt(salt)) return undefined;
  const [length, params] = numbers;
  return { algorithm, params, salt, length };
}

/**
 * Reads and checks what {@link formatRecipe} writes.
 *
 * @throws KeyDerivationError `KDF_ENCODED_INVALID` for any other text, `KDF_LENGTH_INVALID` or
 * `KDF_PARAMETERS_INVALID` for figures that are out of bounds
 */
export function recipeFromEncoded(encoded: unknown): Recipe {
  const parsed = parseRecipe(encoded);
  if (parsed) return checkRecipe(parsed);
  const message =
    'encoded must be a text that derive gave: $<algorithm>$<parameters>$<salt>, unchanged';
  throw new KeyDerivationError('KDF_ENCODED_INVALID', message);
}

function parseFields(
  list: string,
  { parameters }: KdfAlgorithm,
): [length: number, params: Record<string, number>] | undefined {
  const letters = [...Object.values(parameters).map(({ letter }) => letter), LENGTH_LETTER];
  const form = new RegExp(`^${letters.map((letter) => `${letter}=${DECIMAL}`).join(',')}$`);
  const match = form.exec(list);
  if (!match) return undefined;
  const values = match.slice(1).map(Number);
  const params = Object.entries(parameters).map(([name, { powerOfTwo }], index) => {
    const value = values[index] ?? Number.NaN;
    return [name, powerOfTwo === true ? 2 ** value : value] as const;
  });
  return [values.at(-1) ?? Number.NaN, Object.fromEntries(params)];
}

function exponentOf(powerOfTwo: number): number {
  return 31 - Math.clz32(powerOfTwo);
}
