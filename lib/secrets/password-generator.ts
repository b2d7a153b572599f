import { randBelow } from '../common/random.js';
import { drawText } from './alphabet.js';
import { entropyBitsOf } from './entropy.js';
import type { GeneratedSecret } from './generated-secret.js';
import { resolvePasswordRules, type CharacterGroup, type PasswordRules } from './password-rules.js';
import { drawItems } from './selection.js';

/**
 * Draws a password such that every string which satisfies the rules is equally probable.
 *
 * The strings are counted, exactly and by how many characters each group has; such a division is drawn in
 * proportion to its count, then the characters, then their order. That gives the distribution of drawing
 * whole strings until one satisfies the rules, but takes the same time however few do. (Placing one of each
 * class and filling up does not: it favours strings with few of a class.)
 *
 * @throws TypeError, RangeError for a rule of the wrong type or out of bounds
 * @throws SecretsError `SECRET_RULES_IMPOSSIBLE` when no string satisfies the rules
 */
export function generatePassword(rules: PasswordRules): GeneratedSecret {
  const { length, groups } = resolvePasswordRules(rules);
  const ways = countStrings(groups, length);
  const sizes = drawSizes(groups, ways, length);
  const characters = groups.flatMap((group, index) =>
    Array.from(drawText(group.characters, sizes[index] ?? 0)),
  );
  return {
    value: drawItems(characters, length).join(''),
    entropyBits: entropyBitsOf(ways[0]?.[length] ?? 0n),
  };
}

/**
 * `result[g][n]` is the number of strings of `n` characters that are made of the groups from `g` on and
 * hold their minima.
 */
function countStrings(groups: readonly CharacterGroup[], length: number): bigint[][] {
  const none = Array.from({ length: length + 1 }, (_, positions) => BigInt(positions === 0));
  const ways = [none];
  for (const group of groups.toReversed()) {
    const [rest = none] = ways;
    ways.unshift(none.map((_, positions) => sum(waysBySize(group, rest, positions))));
  }
  return ways;
}

/**
 * `result[k]` is the number of strings of `positions` characters of which exactly `k` are of the group and
 * the others of the groups after it, which `rest` counts.
 */
function waysBySize(group: CharacterGroup, rest: readonly bigint[], positions: number): bigint[] {
  const choices = BigInt(group.characters.length);
  const ways: bigint[] = [];
  let placements = 1n;
  let fillings = 1n;
  for (let size = 0; size <= positions; size += 1) {
    const others = rest[positions - size] ?? 0n;
    ways.push(size < group.minimum ? 0n : placements * fillings * others);
    placements = (placements * BigInt(positions - size)) / BigInt(size + 1);
    fillings *= choices;
  }
  return ways;
}

/** Draws how many characters each group has. */
function drawSizes(
  groups: readonly CharacterGroup[],
  ways: readonly (readonly bigint[])[],
  length: number,
): number[] {
  let positions = length;
  return groups.map((group, index) => {
    const size = drawIndex(waysBySize(group, ways[index + 1] ?? [], positions));
    positions -= size;
    return size;
  });
}

/** Draws an index with a probability in proportion to its weight. */
function drawIndex(weights: readonly bigint[]): number {
  let point = randBelow(sum(weights));
  return weights.findIndex((weight) => {
    point -= weight;
    return point < 0n;
  });
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
