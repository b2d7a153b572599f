import { checkWhole } from '../common/check-whole.js';
import { refuseUnknown } from '../common/refuse-unknown.js';
import { SecretsError } from '../errors/secrets.error.js';

/**
 * The characters that passwords are made of, by class: the 94 printable characters of ASCII, without the
 * space.
 *
 * @example
 * secrets.password({ exclude: PASSWORD_CHARACTERS.symbol }); // letters and digits only
 */
export const PASSWORD_CHARACTERS = Object.freeze({
  lower: 'abcdefghijklmnopqrstuvwxyz',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digit: '0123456789',
  symbol: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
});

/** A class of characters that a password can be required to have. */
export type PasswordCharacterClass = keyof typeof PASSWORD_CHARACTERS;

/** What a generated password has to satisfy. */
export interface PasswordRules {
  /**
   * How many characters, 1 to 256.
   *
   * @default 16
   */
  length?: number;
  /**
   * The fewest characters of each class; `true` is 1, `false` is 0. A class that is not named here may
   * occur, but need not.
   *
   * @default {} (nothing is required, which gives the most entropy)
   */
  require?: { readonly [Class in PasswordCharacterClass]?: number | boolean };
  /**
   * Characters that must not occur.
   *
   * @default '' (none)
   */
  exclude?: string;
  /**
   * Leaves out characters that are easily taken for one another: `0 O o`, `1 I l |`, `2 Z`, `5 S`, `8 B`,
   * the quotes `' " ` and the backtick, and `. , : ;`.
   *
   * @default false
   */
  avoidAmbiguous?: boolean;
}

/** Characters that count as one in a rule, and how many of them there must be. */
export interface CharacterGroup {
  readonly characters: readonly string[];
  readonly minimum: number;
}

/** {@link PasswordRules} after checking: groups of which no two share a character. */
export interface ResolvedPasswordRules {
  readonly length: number;
  readonly groups: readonly CharacterGroup[];
}

const DEFAULT_LENGTH = 16;
const MAX_LENGTH = 256;
const AMBIGUOUS = '0Oo1Il|2Z5S8B\'"`.,:;';
const CLASSES = Object.keys(PASSWORD_CHARACTERS) as PasswordCharacterClass[];
const RULES = ['length', 'require', 'exclude', 'avoidAmbiguous'];

/**
 * Checks rules and puts what is not required into one group.
 *
 * @throws TypeError, RangeError for a rule of the wrong type or out of bounds
 * @throws SecretsError `SECRET_RULES_IMPOSSIBLE` when more characters are required than there is room for,
 * or of a class that is excluded, or when no character is left
 */
export function resolvePasswordRules(rules: PasswordRules): ResolvedPasswordRules {
  refuseUnknown(rules, RULES, 'the password rules');
  const { length = DEFAULT_LENGTH, require = {}, exclude = '', avoidAmbiguous = false } = rules;
  refuseUnknown(require, CLASSES, 'require');
  checkWhole(length, 'length', 1, MAX_LENGTH);
  if (typeof exclude !== 'string') throw new TypeError('exclude must be a text');
  const excluded = new Set(avoidAmbiguous ? exclude + AMBIGUOUS : exclude);
  const classes = CLASSES.map((name) => ({
    name,
    minimum: minimumOf(require[name], name),
    characters: Array.from(PASSWORD_CHARACTERS[name]).filter((each) => !excluded.has(each)),
  }));
  const empty = classes.find(({ characters, minimum }) => minimum > 0 && characters.length === 0);
  if (empty) throw impossible(`a ${empty.name} character is required, and all are excluded`);
  const required = classes.filter(({ minimum }) => minimum > 0);
  const needed = required.reduce((sum, { minimum }) => sum + minimum, 0);
  if (needed > length) {
    throw impossible(`${needed} characters are required, and the length is ${length}`);
  }
  const free = classes.filter(({ minimum }) => minimum === 0).flatMap((one) => one.characters);
  if (free.length + required.length === 0) throw impossible('all characters are excluded');
  return { length, groups: [...required, { characters: free, minimum: 0 }] };
}

function minimumOf(rule: number | boolean | undefined, name: string): number {
  const minimum = typeof rule === 'number' ? rule : Number(rule ?? false);
  if (rule !== undefined && typeof rule !== 'boolean') {
    checkWhole(rule, `require.${name}`, 0, MAX_LENGTH);
  }
  return minimum;
}

function impossible(reason: string): SecretsError {
  return new SecretsError('SECRET_RULES_IMPOSSIBLE', `no password satisfies the rules: ${reason}`);
}
