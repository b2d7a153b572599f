import type { PasswordContext } from '../password/policy/password-context.js';

/**
 * A context without what is not text, or for `secondFactor` not `true` or `false`: class-validator judges all properties of a request at once, so what
 * stands in the others need not be what their types say.
 */
export function onlyTexts(context: PasswordContext): PasswordContext {
  const { secondFactor, words, email, username, name, ...others } = context;
  return {
    ...others,
    ...(typeof secondFactor === 'boolean' ? { secondFactor } : {}),
    ...(Array.isArray(words) ? { words: words.filter(isText) } : {}),
    ...(isText(email) ? { email } : {}),
    ...(isText(username) ? { username } : {}),
    ...(isText(name) ? { name } : {}),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
