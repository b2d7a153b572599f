import { readFile } from 'node:fs/promises';
import { Logger } from '@nestjs/common';
import { systemErrorCode } from '../common/system-error-code.js';
import { replaceDurably } from '../keyring/durable-file.js';
import type { StoredKeyRing } from './key-ring-store.js';

const FORM = /^(\d{1,15})\n(.{1,1048576})\n$/;

/**
 * The ring that this machine saw last, still sealed, in a file: it serves when the store cannot be asked
 * at the start, and tells when the store was set back meanwhile.
 */
export class LocalCopy {
  readonly #logger = new Logger('Keyring');
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** The copy; `undefined` when there is none that can be read. */
  async read(): Promise<StoredKeyRing | undefined> {
    try {
      const [, generation, sealed] = FORM.exec(await readFile(this.#path, 'ascii')) ?? [];
      if (generation !== undefined && sealed !== undefined)
        return { generation: Number(generation), sealed };
      this.#warn('read', { code: 'damaged' });
      return undefined;
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') this.#warn('read', error);
      return undefined;
    }
  }

  /** Replaces the copy. That it cannot be written is said and stops nothing. */
  async write({ generation, sealed }: StoredKeyRing): Promise<void> {
    try {
      await replaceDurably(this.#path, `${generation}\n${sealed}\n`);
    } catch (error) {
      this.#warn('written', error);
    }
  }

  #warn(verb: string, error: unknown): void {
    this.#logger.warn(`keys.managed.localCopy could not be ${verb} (${systemErrorCode(error)})`);
  }
}
