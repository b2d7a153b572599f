import { join, resolve } from 'node:path';
import type { Keyring } from '../../../keyring/keyring.js';
import type { PurposeKey } from '../../../keyring/purpose-keys.js';
import { SubjectKeys } from './subject-keys.js';

const FOLDER = 'subjects';

/** Every key under which there may be pseudonyms: the one that creates first, revoked ones last. */
export function pseudonymKeys(keyring: Keyring): readonly [PurposeKey, ...PurposeKey[]] {
  const [primary, ...others] = keyring.keysFor('audit-pseudonym');
  return [primary, ...others, ...keyring.revokedKeysFor('audit-pseudonym')];
}

/** The keys of subjects in the key folder of a log; `undefined` for a log without one. */
export function subjectKeysOf(
  {
    directory,
    keyDirectory,
  }: { directory?: string | false | undefined; keyDirectory?: string | undefined },
  keyring: Keyring,
): SubjectKeys | undefined {
  const folder = keyDirectory ?? (directory ? join(directory, 'keys') : undefined);
  if (folder === undefined) return undefined;
  return new SubjectKeys(resolve(folder, FOLDER), () => pseudonymKeys(keyring));
}
