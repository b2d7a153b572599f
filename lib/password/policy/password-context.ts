import { refuseUnknown } from '../../common/refuse-unknown.js';

/** What is known of the person whose password is judged, and of its use. */
export interface PasswordContext {
  /**
   * Whether the password is used together with a second factor, so that a shorter one will do.
   *
   * @default false
   */
  secondFactor?: boolean;
  /** Words on which the password must not be built, beside those below: at most 100 are looked at. */
  words?: readonly string[];
  /** The e-mail address: the password must not be built on it, its parts or its domain. */
  email?: string;
  /** The user name. */
  username?: string;
  /** The name of the person: as a whole, and each of its parts. */
  name?: string;
  /** Ends the evaluation, which then rejects with the signal's reason. */
  signal?: AbortSignal;
}

const FIELDS = ['secondFactor', 'words', 'email', 'username', 'name', 'signal'] as const;
const TEXTS = ['email', 'username', 'name'] as const;

/**
 * Refuses a context that was not meant so.
 *
 * @throws TypeError for an unknown field, or one of the wrong type
 */
export function checkContext(context: PasswordContext): void {
  refuseUnknown(context, FIELDS, 'the context of a password');
  const { secondFactor, words } = context;
  if (secondFactor !== undefined && typeof secondFactor !== 'boolean')
    throw new TypeError('secondFactor must be true or false');
  if (words !== undefined && !isTexts(words)) throw new TypeError('words must be a list of texts');
  for (const name of TEXTS) {
    const value = context[name];
    if (value !== undefined && typeof value !== 'string')
      throw new TypeError(`${name} must be a text`);
  }
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
