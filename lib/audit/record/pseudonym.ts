import { createHmac } from 'node:crypto';
import { lengthPrefixed } from '../../common/length-prefixed.js';
import type { Identifier } from '../../events/security-event.js';
import type { PurposeKey } from '../../keyring/keyring.js';

const PSEUDONYM_CHARACTERS = 22;

/**
 * The pseudonym of an identifier: `p1.<key id>.<22 characters>`, the first 132 bits of HMAC-SHA256 over
 * the length-prefixed type and value, the value in Unicode NFC, trimmed and lower-cased. Equal values
 * give equal pseudonyms, so records can be found; without the key nobody can tell whose they are.
 */
export function pseudonymOf({ type, value }: Identifier, { id, key }: PurposeKey): string {
  const normalised = value.toWellFormed().normalize('NFC').trim().toLowerCase();
  const message = lengthPrefixed([type.toWellFormed(), normalised]);
  const code = createHmac('sha256', key).update(message).digest('base64url');
  return `p1.${id}.${code.slice(0, PSEUDONYM_CHARACTERS)}`;
}
