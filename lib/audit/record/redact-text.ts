import type { PseudonymOfEmail } from './detect/find-emails.js';
import { findSecrets } from './detect/find-secrets.js';
import { CUT, withoutFindings } from './detect/finding.js';
import { MAX_LAYERS, ordersOfSteps } from './detect/plainer-text.js';
import { ESCAPE, featuresOf, NOT_ASCII } from './detect/text-features.js';

/** Secrets are looked for in so many characters of a text; what lies beyond is cut off unread. */
export const SCANNED_CHARACTERS = 4096;
const KEPT_CHARACTERS = 1024;
/** The longest secret with white space in it that is not known by its beginning: a number in groups. */
const LONGEST_IN_GROUPS = 64;
const BORDER = /[^\w+/=.~$@:%&#?!*^\\-]/;
const PLACEHOLDER_BEGUN = /\[(?:[a-z][a-z ]{0,12}[\d ]{0,5})?$/;

/**
 * Takes secrets out of a text, replaces e-mail addresses by pseudonyms and card numbers by their last
 * four digits, then cuts it to 1,024 characters. A secret that reaches across the cut is removed whole.
 * Linear in the text, of which 4,096 characters are read.
 *
 * @param kept how many characters are kept
 * @default 1024
 */
export function redactText(
  text: string,
  pseudonymOf: PseudonymOfEmail,
  kept = KEPT_CHARACTERS,
): string {
  if (text.length > kept) return redactLong(text, pseudonymOf, kept);
  const features = featuresOf(text);
  return features === 0 ? text : redactSuspect(text, features, pseudonymOf, kept);
}

/** Whether a text is as it may be written, without a secret and without an escape in JSON. Most are. */
export function isHarmless(text: string): boolean {
  return text.length <= KEPT_CHARACTERS && featuresOf(text) === 0;
}

function redactSuspect(
  text: string,
  features: number,
  pseudonymOf: PseudonymOfEmail,
  kept: number,
): string {
  const safe = withoutSecrets(text, { features, limit: text.length }, pseudonymOf);
  // A pseudonym is longer than most addresses.
  return safe.length > kept ? beginningOf(safe, kept, pseudonymOf) + CUT : safe;
}

function redactLong(text: string, pseudonymOf: PseudonymOfEmail, kept: number): string {
  // What was cut before is not cut again.
  const wasCut = text.length <= kept + CUT.length && text.endsWith(CUT);
  const whole = wasCut ? text.slice(0, -CUT.length) : text;
  const limit = whole.length > SCANNED_CHARACTERS ? endOfScan(whole) : whole.length;
  const read = whole.slice(0, SCANNED_CHARACTERS);
  const safe = withoutSecrets(read, { features: featuresOf(read), limit }, pseudonymOf);
  if (safe.length > kept) return beginningOf(safe, kept, pseudonymOf) + CUT;
  return wasCut || limit < whole.length ? safe + CUT : safe;
}

/** Of what reaches beyond the limit nothing is left. */
function withoutSecrets(
  text: string,
  { features, limit }: { features: number; limit: number },
  pseudonymOf: PseudonymOfEmail,
): string {
  const found = findSecrets(text, features, pseudonymOf);
  const mayHide = (features & (ESCAPE | NOT_ASCII)) !== 0;
  if (found.length === 0 && !mayHide) return text.slice(0, limit);
  const safe = withoutFindings(text, found, limit);
  const deep = mayHide ? underEscapes(safe, pseudonymOf) : safe;
  return deep === text ? text : settled(deep, pseudonymOf);
}

function underEscapes(text: string, pseudonymOf: PseudonymOfEmail): string {
  return ordersOfSteps(text).reduce((safe, steps) => throughLayers(safe, steps, pseudonymOf), text);
}

/** The last layer under which something was found, without it. */
function throughLayers(
  text: string,
  steps: readonly ((text: string) => string)[],
  pseudonymOf: PseudonymOfEmail,
): string {
  let safe = text;
  let layer = text;
  for (let depth = 0; depth < MAX_LAYERS; depth += 1) {
    const before = layer;
    for (const plainerOf of steps) {
      // A character may stand for many.
      const plainer = plainerOf(layer).slice(0, SCANNED_CHARACTERS);
      if (plainer === layer) continue;
      layer = once(plainer, pseudonymOf);
      if (layer !== plainer) safe = layer;
    }
    if (layer === before) return safe;
  }
  return safe;
}

/** Whatever came to stand side by side is looked at again, until nothing more is found. */
function settled(text: string, pseudonymOf: PseudonymOfEmail): string {
  let safe = text;
  for (let time = 0; time < MAX_LAYERS; time += 1) {
    const before = safe;
    safe = once(before, pseudonymOf);
    if (safe === before) break;
  }
  return safe;
}

function once(text: string, pseudonymOf: PseudonymOfEmail): string {
  const found = findSecrets(text, featuresOf(text), pseudonymOf);
  return found.length === 0 ? text : withoutFindings(text, found, text.length);
}

function beginningOf(safe: string, kept: number, pseudonymOf: PseudonymOfEmail): string {
  return settled(safe.slice(0, endOfKept(safe, kept)), pseudonymOf);
}

/**
 * Where to stop keeping: not within a word, whose visible half might be half a secret, and not so late that
 * the rest of a number in groups lies behind what is read.
 */
function endOfScan(text: string): number {
  let end = SCANNED_CHARACTERS - LONGEST_IN_GROUPS;
  while (end > 0 && !BORDER.test(text.charAt(end - 1))) end -= 1;
  return end;
}

/** Where to cut: not within a surrogate pair, nor within what stands for something else. */
function endOfKept(safe: string, kept: number): number {
  const end = /[\ud800-\udbff]/.test(safe.charAt(kept - 1)) ? kept - 1 : kept;
  const begun = PLACEHOLDER_BEGUN.exec(safe.slice(Math.max(0, end - 24), end));
  return begun ? end - begun[0].length : end;
}
