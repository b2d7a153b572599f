/** Why a password is refused. Codes are stable: they are never renamed or reused. */
export type PasswordViolationCode =
  | 'too-short'
  | 'too-long'
  | 'ill-formed'
  | 'blocked'
  | 'context-word'
  | 'repetitive'
  | 'too-weak'
  | 'breached'
  | 'breach-check-failed';

/** One reason why a password is refused. Holds nothing of the password. */
export interface PasswordViolation {
  /** What is wrong, as one stable word, for translations. */
  readonly code: PasswordViolationCode;
  /** What to do, in a sentence for the person at the form. */
  readonly message: string;
  /** The fewest that are accepted: characters of `too-short`, the score of `too-weak`. */
  readonly minimum?: number;
  /** The most that are accepted: bytes of UTF-8 of `too-long`. */
  readonly maximum?: number;
  /** In how many breaches the password was seen, of `breached`. */
  readonly count?: number;
}

/** The violation of a password with fewer characters than `minimum`. */
export function tooShort(minimum: number): PasswordViolation {
  return { code: 'too-short', message: `Use at least ${minimum} characters.`, minimum };
}

/** The violation of a password with more bytes of UTF-8 than `maximum`. */
export function tooLong(maximum: number): PasswordViolation {
  return {
    code: 'too-long',
    message: `Use a shorter password: at most ${maximum} bytes are accepted.`,
    maximum,
  };
}

/** The violation of a password whose score is below `minimum`. */
export function tooWeak(minimum: number): PasswordViolation {
  return {
    code: 'too-weak',
    message: 'This password is too easy to guess. Add more words that do not belong together.',
    minimum,
  };
}

/** The violation of a password that was seen in `count` breaches. */
export function breached(count: number): PasswordViolation {
  return {
    code: 'breached',
    message: 'This password is known from a data breach. Choose another one.',
    count,
  };
}

/** What is said of a value that is no text, where it comes from a form. */
export const NOT_TEXT = 'Give a password as text.';

/** The violations that need no figure. */
export const VIOLATIONS = Object.freeze({
  illFormed: {
    code: 'ill-formed',
    message: 'This password has a damaged character. Type it again.',
  },
  blocked: {
    code: 'blocked',
    message: 'This password is too common. Choose another one, such as several unrelated words.',
  },
  contextWord: {
    code: 'context-word',
    message:
      'Do not build your password on your name, your e-mail address or the name of this service.',
  },
  repetitive: {
    code: 'repetitive',
    message: 'Do not use repeated characters or sequences, as in "aaaa", "1234" or "qwerty".',
  },
  breachCheckFailed: {
    code: 'breach-check-failed',
    message: 'Your password could not be checked just now. Try again in a moment.',
  },
} satisfies Record<string, PasswordViolation>);
