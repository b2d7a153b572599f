import { SecretsService } from 'nestjs-security';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartupError } from './settings.js';

/** Where keys and the log are kept. In a real application, never side by side. */
export interface DataFolder {
  readonly path: string;
  /** A key document. Pseudonyms in the log are made under its keys. */
  readonly keys: string;
  /** The audit log. */
  readonly audit: string;
}

/**
 * Makes the folder and a first key. A log without the keys of its pseudonyms stops the start: under a new key,
 * nobody would be found in it any more.
 *
 * @throws StartupError when the folder cannot be used
 */
export function openDataFolder(path: string): DataFolder {
  const folder = { path, keys: join(path, 'keys.json'), audit: join(path, 'audit') };
  makeFolder(path);
  if (existsSync(folder.keys)) return folder;
  if (existsSync(folder.audit)) {
    throw new StartupError(`${folder.keys} is missing: put it back, or remove ${folder.audit}.`);
  }
  const key = { id: 'first', key: new SecretsService().tokenUrlsafe() };
  const document = { v: 1, primary: 'first', keys: [key] };
  writeFileSync(folder.keys, `${JSON.stringify(document, undefined, 2)}\n`, { mode: 0o600 });
  return folder;
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new StartupError(`DATA_DIR cannot be used as a folder: ${error.message}.`);
  }
}
