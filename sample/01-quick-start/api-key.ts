import { Secret, SecretsService } from 'nestjs-security';
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfPresent, replaceFile } from './durable-file.js';

/** The one API key of the sample. Only its digest is needed to recognise it. */
export interface ApiKey {
  readonly sha256: string;
  /** The key itself, on the start that made it. */
  readonly created?: Secret;
  /** Where the digest is kept; without this file the next start makes a new key. */
  readonly digestFile: string;
  /** Where the key itself is kept, when there was no terminal to show it on. */
  readonly keyFile: string;
}

/** Reads the digest of the API key, or makes a new key, which counts from {@link keepApiKey} on. */
export async function openApiKey(folder: string): Promise<ApiKey> {
  const files = { digestFile: join(folder, 'api-key.sha256'), keyFile: join(folder, 'api-key') };
  const known = await readIfPresent(files.digestFile);
  if (known !== undefined) return { ...files, sha256: known.trim() };
  const key = new SecretsService().tokenUrlsafe();
  const sha256 = createHash('sha256').update(key).digest('hex');
  return { ...files, sha256, created: Secret.of(key) };
}

/** Where whoever needs the API key finds it: on the terminal now, in a file, or where they noted it. */
export type ApiKeyPlace = 'shown' | 'file' | 'noted';

/**
 * Keeps a new key. Called when the sample listens and is about to show it: a key that was kept by a start
 * that failed would never be seen by anybody.
 *
 * @param isTerminal whether the key can be shown, which leaves no copy of it; otherwise a file holds it
 */
export async function keepApiKey(apiKey: ApiKey, isTerminal: boolean): Promise<ApiKeyPlace> {
  const { created, sha256, keyFile, digestFile } = apiKey;
  if (!created) return (await readIfPresent(keyFile)) === undefined ? 'noted' : 'file';
  if (isTerminal) await rm(keyFile, { force: true });
  else await replaceFile(keyFile, `${created.reveal()}\n`);
  await replaceFile(digestFile, `${sha256}\n`);
  return isTerminal ? 'shown' : 'file';
}
