import { open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { systemErrorCode } from '../../common/system-error-code.js';
import { EncryptionError } from '../../errors/encryption.error.js';
import { replaceDurably, syncFolder } from '../../keyring/durable-file.js';
import { RotationCheckpoint, type RotationPosition } from './rotation-checkpoint.js';

const MAX_BYTES = 64 * 1024;

const form = z.strictObject({
  v: z.literal(1),
  source: z.string(),
  cursor: z.string(),
  // A record of zod's drops a member "__proto__", and the position would be taken for one under other keys.
  keys: z.custom<RotationPosition['keys']>(holdsTexts),
  failedCount: z.int().min(0).optional(),
});

/**
 * Keeps the position of a run in a file of one line of JSON, which is replaced as a whole: after a crash
 * the last position or the one before is there. One file a source, and one run at a time.
 */
export class FileRotationCheckpoint extends RotationCheckpoint {
  readonly #path: string;

  /** @param path of a file in a folder that exists */
  constructor(path: string) {
    super();
    this.#path = path;
  }

  /**
   * As {@link RotationCheckpoint.load}.
   *
   * @throws EncryptionError `ENC_CHECKPOINT_INVALID` when the file is no checkpoint, or one of another
   * version; errors of the file system as they come
   */
  override async load(): Promise<RotationPosition | undefined> {
    const text = await readBounded(this.#path);
    if (text === undefined) return undefined;
    const parsed = form.safeParse(jsonOf(text));
    if (!parsed.success) throw invalid(this.#path);
    const { source, cursor, keys, failedCount } = parsed.data;
    return { source, cursor, keys, ...(failedCount !== undefined && { failedCount }) };
  }

  /**
   * As {@link RotationCheckpoint.save}.
   *
   * @throws RangeError for a position of more than 64 KiB, which could not be loaded; errors of the file
   * system as they come
   */
  override async save({ source, cursor, keys, failedCount }: RotationPosition): Promise<void> {
    const line = `${JSON.stringify({ v: 1, source, cursor, keys, failedCount })}\n`;
    if (Buffer.byteLength(line) > MAX_BYTES) {
      throw new RangeError(`a position of more than ${MAX_BYTES} bytes cannot be kept`);
    }
    await replaceDurably(this.#path, line);
  }

  /** As {@link RotationCheckpoint.clear}. */
  override async clear(): Promise<void> {
    await rm(this.#path, { force: true });
    await syncFolder(dirname(this.#path));
  }
}

/** One byte more than may be there is asked for, so that what is too long is never read whole. */
async function readBounded(path: string): Promise<string | undefined> {
  try {
    const handle = await open(path, 'r');
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(MAX_BYTES + 1));
      if (bytesRead > MAX_BYTES) throw invalid(path);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function holdsTexts(value: unknown): boolean {
  const isPlain = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isPlain && Object.values(value).every((text) => typeof text === 'string');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function invalid(path: string): EncryptionError {
  return new EncryptionError(
    'ENC_CHECKPOINT_INVALID',
    `${JSON.stringify(path)} is no checkpoint of a rotation: remove it, and the run begins at the first row`,
  );
}
