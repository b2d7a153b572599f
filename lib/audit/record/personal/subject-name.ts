import { createHmac } from 'node:crypto';
import { lengthPrefixed } from '../../../common/length-prefixed.js';
import type { PurposeKey } from '../../../keyring/purpose-keys.js';
import type { PersonalSubject } from './personal-data.js';

/** Of no identifier: the pseudonym of a subject is not that of a person's name. */
const DOMAIN = 'nestjs-security/audit-subject/v1';
const NAME_CHARACTERS = 22;

/**
 * What stands for a subject in the key folder and in records: the first 22 base64url characters of
 * HMAC-SHA256 over the length-prefixed domain, type and id. Nothing is normalised: ids that differ are two
 * subjects. Without the key nobody can tell whose it is.
 */
export function subjectName({ type, id }: PersonalSubject, { key }: PurposeKey): string {
  const message = lengthPrefixed([DOMAIN, type, id]);
  return createHmac('sha256', key).update(message).digest('base64url').slice(0, NAME_CHARACTERS);
}
