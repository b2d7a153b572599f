import type { DeriveOptions, KeyToVerify } from './derive-options.js';
import { formatRecipe, parseRecipe } from './encoded-recipe.js';
import { checkRecipe, isSalt, type Recipe, type UncheckedRecipe } from './recipe.js';

const DEFAULT_LENGTH = 32;

/**
 * The recipe that options ask for.
 *
 * @param salt what is taken where the options name none
 * @throws KeyDerivationError `KDF_ALGORITHM_UNKNOWN`, `KDF_LENGTH_INVALID`, `KDF_PARAMETERS_INVALID` or
 * `KDF_SALT_INVALID`
 */
export function chosenRecipe(options: DeriveOptions, salt: Uint8Array): Recipe {
  return checkRecipe({ ...defaults(salt), ...partsOf(options) });
}

/**
 * The recipe by which a key is verified; `undefined` when no key can have been made by it: a cut salt, a
 * damaged `encoded`, or one that disagrees with what is said beside it.
 *
 * @throws KeyDerivationError as {@link chosenRecipe}
 */
export function recipeToVerify(expected: KeyToVerify): Recipe | undefined {
  const { encoded } = expected;
  const base = encoded === undefined ? defaults(undefined) : parseRecipe(encoded);
  if (!base) return undefined;
  const said = { ...base, ...partsOf(expected) };
  if (said.salt instanceof Uint8Array && !isSalt(said.salt)) return undefined;
  const recipe = checkRecipe(said);
  return encoded === undefined || encoded === formatRecipe(recipe) ? recipe : undefined;
}

function defaults(salt: Uint8Array | undefined): UncheckedRecipe {
  return { algorithm: 'scrypt', params: {}, salt, length: DEFAULT_LENGTH };
}

function partsOf(options: Partial<UncheckedRecipe>): Partial<UncheckedRecipe> {
  const { algorithm, params, salt, length } = options;
  const parts = Object.entries({ algorithm, params, salt, length });
  return Object.fromEntries(parts.filter(([, value]) => value !== undefined));
}
