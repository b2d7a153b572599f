import { SecretsService } from 'nestjs-security';
import { accessSync, constants, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartupError } from './settings.js';

/** Where keys and customers are kept. In a real application, never side by side. */
export interface DataFolder {
  readonly path: string;
  /** A key document, which the operator may edit. */
  readonly keys: string;
  /** The table: one JSON file. */
  readonly customers: string;
}

/**
 * Makes the folder and a first key. A table without its keys stops the start: a new key would open nothing of it.
 *
 * @throws StartupError when the folder cannot be used
 */
export function openDataFolder(path: string): DataFolder {
  const folder = {
    path,
    keys: join(path, 'keys.json'),
    customers: join(path, 'customers.json'),
  };
  makeFolder(path);
  if (existsSync(folder.keys)) return folder;
  if (existsSync(folder.customers)) {
    throw new StartupError(`${folder.keys} is missing: put it back, nothing else opens the table.`);
  }
  const key = { id: 'first', key: new SecretsService().tokenUrlsafe() };
  const document = { v: 1, primary: 'first', keys: [key] };
  writeFileSync(folder.keys, `${JSON.stringify(document, undefined, 2)}\n`, { mode: 0o600 });
  return folder;
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new StartupError(`DATA_DIR cannot be used as a folder: ${error.message}.`);
  }
}
