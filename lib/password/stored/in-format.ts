import type { PasswordFormat, StoredHash, StoredProblem } from './stored-hash.js';

/** What another layout read, under the name of the layout around it. */
export function inFormat(
  format: PasswordFormat,
  read: StoredHash | StoredProblem,
): StoredHash | StoredProblem {
  return typeof read === 'string' ? read : { ...read, format };
}
