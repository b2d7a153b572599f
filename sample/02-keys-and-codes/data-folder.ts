import { Secret, SecretsService } from 'nestjs-security';
import { createHash } from 'node:crypto';
import { access, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError } from './settings.js';

/** The folder that all instances share. Whichever starts first makes what is in it. */
export interface DataFolder {
  readonly path: string;
  readonly files: ReturnType<typeof filesIn>;
  /** Whether no ring of keys was ever seen in it. */
  readonly isNew: boolean;
  readonly apiKeySha256: string;
  /** The API key itself, on the start that made it. */
  readonly createdApiKey?: Secret;
}

/** @throws StartupError when the folder cannot be used */
export async function openDataFolder(path: string): Promise<DataFolder> {
  await makeFolder(path);
  const files = filesIn(path);
  const secrets = new SecretsService();
  const isNew = !(await exists(files.ringCopy));
  // Never in place of a lost one: nothing would open the ring.
  if (isNew) await createFile(files.rootKey, secrets.tokenUrlsafe());
  const apiKey = secrets.tokenUrlsafe();
  const isMine = await createFile(files.apiKeyDigest, sha256(apiKey));
  if (isMine) await rm(files.apiKey, { force: true });
  const apiKeySha256 = (await readFile(files.apiKeyDigest, 'utf8')).trim();
  const folder = { path, files, isNew, apiKeySha256 };
  return isMine ? { ...folder, createdApiKey: Secret.of(apiKey) } : folder;
}

function filesIn(path: string) {
  return {
    rootKey: join(path, 'root-key'),
    /** A folder: the sealed ring, one file a generation. */
    ring: join(path, 'ring'),
    /** The sealed ring that was seen last. */
    ringCopy: join(path, 'ring.copy'),
    /** The API key, when there was no terminal to show it on. */
    apiKey: join(path, 'api-key'),
    /** By which the API key is recognised; without this file the next start makes a new one. */
    apiKeyDigest: join(path, 'api-key.sha256'),
  };
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

/** Whether something is there. */
export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * Makes a file that only its owner can read. It appears whole, or not at all.
 *
 * @returns whether it was made; `false` when there is one already, perhaps since a moment ago
 */
export async function createFile(path: string, line: string): Promise<boolean> {
  const unfinished = `${path}.${process.pid}.new`;
  await writeFile(unfinished, `${line}\n`, { mode: 0o600, flush: true });
  try {
    await link(unfinished, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(unfinished, { force: true });
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
