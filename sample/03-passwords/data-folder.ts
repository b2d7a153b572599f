import { SecretsService } from 'nestjs-security';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openApiKey, type ApiKey } from '../01-quick-start/api-key.js';
import { readIfPresent } from '../01-quick-start/durable-file.js';
import { lockFolder } from '../01-quick-start/folder-lock.js';
import { JsonFile } from '../01-quick-start/json-file.js';
import { StartupError } from '../01-quick-start/startup-error.js';

const USERS = 'users.json';
const KEYS = 'keys.json';

/** A key from which peppers are derived, as `keys.json` has it: newest first. */
interface StoredKey {
  readonly id: string;
  readonly secret: string;
}

/** The folder that holds all state of the sample, with the keys that it made on the first start. */
export class DataFolder {
  private constructor(
    readonly path: string,
    readonly keys: StoredKey[],
    readonly apiKey: ApiKey,
  ) {}

  /** @throws StartupError when the folder cannot be used, or another instance uses it */
  static async open(path: string): Promise<DataFolder> {
    await makeFolder(path);
    await lockFolder(path);
    return new DataFolder(path, await keysIn(path), await openApiKey(path));
  }

  get usersFile(): string {
    return join(this.path, USERS);
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await access(path, 0o3);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new StartupError(`DATA_DIR cannot be used as a folder: ${error.message}.`);
  }
}

async function keysIn(folder: string): Promise<StoredKey[]> {
  const path = join(folder, KEYS);
  const file = new JsonFile(path, isKey);
  const known = await file.read();
  if (known.length > 0) return known;
  // No password matches without the pepper that it was hashed with: a new key would hide the loss.
  if ((await readIfPresent(join(folder, USERS))) !== undefined) {
    throw new StartupError(
      `${path} is gone, and no password can be verified without it: put it back from a backup, or remove ${folder} to begin anew.`,
    );
  }
  const keys = [{ id: 'first', secret: new SecretsService().tokenUrlsafe() }];
  await file.write(() => keys);
  return keys;
}

function isKey(value: unknown): value is StoredKey {
  const { id, secret }: Partial<Record<string, unknown>> = Object(value);
  return typeof id === 'string' && typeof secret === 'string';
}
