import { readIfPresent, replaceFile } from './durable-file.js';
import { StartupError } from './startup-error.js';

/** A list kept in memory and, as a whole, in a JSON file: enough for a sample, not for many rows. */
export class JsonFile<T> {
  #written: Promise<unknown> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(
    private readonly path: string,
    private readonly isRow: (value: unknown) => value is T,
  ) {}

  /** @throws StartupError when the file holds anything but such rows */
  async read(): Promise<T[]> {
    const text = await readIfPresent(this.path);
    const rows = text === undefined ? [] : parse(text);
    if (Array.isArray(rows) && rows.every((row) => this.isRow(row))) return rows;
    throw new StartupError(`${this.path} is damaged: put it back from a backup, or move it away.`);
  }

  /**
   * Writes the rows; they are asked for when the writing begins, so that all callers who come while
   * another write is under way share the next one.
   */
  write(rows: () => readonly T[]): Promise<void> {
    this.#next ??= this.#writeNext(rows);
    return this.#next;
  }

  async #writeNext(rows: () => readonly T[]): Promise<void> {
    await this.#written;
    this.#next = undefined;
    const writing = replaceFile(this.path, `${JSON.stringify(rows())}\n`);
    this.#written = writing.catch(() => undefined);
    await writing;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
