import { createHmac } from 'node:crypto';
import { lengthPrefixed } from '../../common/length-prefixed.js';
import type { Identifier } from '../../events/security-event.js';
import type { PurposeKey } from '../../keyring/purpose-keys.js';

const PSEUDONYM_CHARACTERS = 22;
// Normalising costs quadratic time on some texts: seconds for 100 kB of combining marks. No identifier is so long.
const MAX_NORMALISED = 1024;

/**
 * The pseudonym of an identifier: `p1.<key id>.<22 characters>`, the first 132 bits of HMAC-SHA256 over
 * the length-prefixed type and value, the value in Unicode NFC, trimmed and lower-cased unless it is longer
 * than 1,024 characters. Equal values give equal pseudonyms, so records can be found; without the key
 * nobody can tell whose they are.
 */
export function pseudonymOf({ type, value }: Identifier, { id, key }: PurposeKey): string {
  const message = lengthPrefixed([type.toWellFormed(), normalised(value.toWellFormed())]);
  const code = createHmac('sha256', key).update(message).digest('base64url');
  return `p1.${id}.${code.slice(0, PSEUDONYM_CHARACTERS)}`;
}

function normalised(value: string): string {
  return value.length > MAX_NORMALISED ? value : value.normalize('NFC').trim().toLowerCase();
}
