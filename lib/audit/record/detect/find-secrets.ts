import { findCardNumbers } from './find-card-numbers.js';
import { findCredentials } from './find-credentials.js';
import { findEmails, type PseudonymOfEmail } from './find-emails.js';
import { findIbans } from './find-ibans.js';
import { findElements, findMarkedValues } from './find-marked-values.js';
import { findNamedValues } from './find-named-values.js';
import { findUrlCredentials } from './find-url-credentials.js';
import type { Finding } from './finding.js';
import { AT, CARD_DIGITS, ELEMENT, IBAN, SIGN } from './text-features.js';

/**
 * Everything in a text that must not be written, as it stands there: nothing is decoded.
 *
 * @param features what {@link featuresOf} says of the text; with {@link EVERY_FEATURE} the same is found,
 * only later
 */
export function findSecrets(
  text: string,
  features: number,
  pseudonymOf: PseudonymOfEmail,
): Finding[] {
  const found = [...findCredentials(text, features), ...findMarkedValues(text, features)];
  if ((features & SIGN) !== 0) found.push(...findNamedValues(text));
  if ((features & ELEMENT) !== 0) found.push(...findElements(text));
  if ((features & AT) !== 0)
    found.push(...findUrlCredentials(text), ...findEmails(text, pseudonymOf));
  if ((features & CARD_DIGITS) !== 0) found.push(...findCardNumbers(text));
  if ((features & IBAN) !== 0) found.push(...findIbans(text));
  return found;
}
