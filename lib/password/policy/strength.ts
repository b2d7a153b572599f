import { PasswordError } from '../../errors/password.error.js';

/** How hard zxcvbn believes a password is to guess. */
export interface PasswordStrength {
  /** 0 (no protection) to 4 (strong). */
  readonly score: 0 | 1 | 2 | 3 | 4;
  /** The logarithm, base 10, of how many guesses it takes. */
  readonly guessesLog10: number;
}

/** Gives the strength of a password; the words are what is known of its user. */
export type EstimateStrength = (password: string, words: readonly string[]) => PasswordStrength;

/** zxcvbn takes more than linear time, on the event loop. What follows can only add strength. */
const MAX_CHARACTERS = 64;
/** How many readings of digits and signs as letters are tried: with its default of 100 it takes four times as long. */
const MAX_SUBSTITUTIONS = 30;
/** Of what is known of the user. Thousands would take a fifth of a second, and the rule of context words looks at them all. */
const MAX_WORDS = 200;

/**
 * Loads zxcvbn with the lists and keyboards of `@zxcvbn-ts/language-common`.
 *
 * @throws PasswordError `PWD_BACKEND_UNAVAILABLE` when the package `@zxcvbn-ts/core` is not installed
 */
export async function loadEstimator(): Promise<EstimateStrength> {
  const { ZxcvbnFactory } = await loadZxcvbn();
  const { dictionary, adjacencyGraphs } = await import('@zxcvbn-ts/language-common');
  const zxcvbn = new ZxcvbnFactory({
    dictionary,
    graphs: adjacencyGraphs,
    maxLength: MAX_CHARACTERS,
    l33tMaxSubstitutions: MAX_SUBSTITUTIONS,
  });
  return (password, words) => {
    const { score, guessesLog10 } = zxcvbn.check(cut(password), words.slice(0, MAX_WORDS));
    return { score, guessesLog10 };
  };
}

function cut(password: string): string {
  return password.slice(0, MAX_CHARACTERS).toWellFormed();
}

async function loadZxcvbn(): Promise<typeof import('@zxcvbn-ts/core')> {
  try {
    return await import('@zxcvbn-ts/core');
  } catch (cause) {
    const message =
      'password.policy.estimator needs the package "@zxcvbn-ts/core": install it with: npm install @zxcvbn-ts/core';
    throw new PasswordError('PWD_BACKEND_UNAVAILABLE', message, { cause });
  }
}
