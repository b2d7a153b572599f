import { Secret, SecretsService } from 'nestjs-security';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openApiKey, type ApiKey } from './api-key.js';
import { readIfPresent, replaceFile } from './durable-file.js';
import { lockFolder } from './folder-lock.js';
import { StartupError } from './startup-error.js';

const PRIVATE_FOLDER = 0o700;
const APP_KEY = 'app-key';

/** The folder that holds all state of the sample, with the keys that it made on the first start. */
export class DataFolder {
  static readonly users = 'users.json';
  static readonly notes = 'notes.json';

  private constructor(
    readonly path: string,
    /** What every feature derives its key from. */
    readonly appKey: Secret,
    /** What would be typed into the webhook's settings at GitHub. */
    readonly webhookSecret: Secret,
    readonly apiKey: ApiKey,
  ) {}

  /** @throws StartupError when the folder cannot be used, or another instance uses it */
  static async open(path: string): Promise<DataFolder> {
    await makeFolder(path);
    await lockFolder(path);
    await refuseLostKey(path);
    return new DataFolder(
      path,
      await keyIn(join(path, APP_KEY)),
      await keyIn(join(path, 'github-webhook-secret')),
      await openApiKey(path),
    );
  }

  /** The path of something in the folder. */
  pathOf(name: string): string {
    return join(this.path, name);
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: PRIVATE_FOLDER });
    await access(path, 0o3);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new StartupError(`DATA_DIR cannot be used as a folder: ${error.message}.`);
  }
}

/** A new key in place of a lost one would hide the loss, and the notes would stay unreadable. */
async function refuseLostKey(path: string): Promise<void> {
  const key = join(path, APP_KEY);
  const hasNotes = (await readIfPresent(join(path, DataFolder.notes))) !== undefined;
  if (!hasNotes || (await readIfPresent(key)) !== undefined) return;
  throw new StartupError(
    `${key} is gone, and the notes cannot be read without it: put it back from a backup, or remove ${path} to begin anew.`,
  );
}

async function keyIn(path: string): Promise<Secret> {
  const known = await readIfPresent(path);
  if (known !== undefined) return Secret.of(known.trim());
  const key = new SecretsService().tokenUrlsafe();
  await replaceFile(path, `${key}\n`);
  return Secret.of(key);
}
