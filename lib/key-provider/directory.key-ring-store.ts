import { randomBytes } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../common/system-error-code.js';
import { syncFolder, writeDurably } from '../keyring/durable-file.js';
import { KeyRingStore, type StoredKeyRing } from './key-ring-store.js';

const FILE = /^ring-(\d{10})\.sealed$/;
/** So many generations stay, to be looked at after an accident. */
const KEPT_GENERATIONS = 10;

/**
 * Keeps a managed ring in a folder, one file a generation: for one machine, or for several that share a
 * file system. Safe between processes: a generation is a file that only one of them can create.
 *
 * @example
 * keys: { managed: { store: new DirectoryKeyRingStore('./data/keys'), rootKey, create: true } }
 */
export class DirectoryKeyRingStore extends KeyRingStore {
  readonly #directory: string;

  /** @param directory made with mode 0700 when the first ring is stored */
  constructor(directory: string) {
    super();
    this.#directory = directory;
  }

  /** As {@link KeyRingStore.read}. */
  override async read(): Promise<StoredKeyRing | undefined> {
    const generation = (await this.#generations()).at(-1);
    if (generation === undefined) return undefined;
    try {
      return { generation, sealed: await readFile(this.#pathOf(generation), 'ascii') };
    } catch (error) {
      // Other nodes were so much faster that what was the newest is outdated and gone. A link to nothing
      // is still the newest, and would be read without end.
      const isGone = systemErrorCode(error) === 'ENOENT';
      if (isGone && (await this.#generations()).at(-1) !== generation) return this.read();
      throw error;
    }
  }

  /** As {@link KeyRingStore.write}. */
  override async write({ generation, sealed }: StoredKeyRing): Promise<boolean> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const before = await this.#generations();
    if ((before.at(-1) ?? 0) !== generation - 1) return false;
    const isMine = await this.#create(generation, sealed);
    if (isMine) {
      const outdated = before.slice(0, -(KEPT_GENERATIONS - 1));
      await Promise.all(outdated.map((old) => rm(this.#pathOf(old), { force: true })));
    }
    return isMine;
  }

  /** The file appears under its name at once and whole, or not at all. */
  async #create(generation: number, sealed: string): Promise<boolean> {
    const unfinished = join(this.#directory, `${randomBytes(8).toString('hex')}.new`);
    try {
      await writeDurably(unfinished, sealed);
      await link(unfinished, this.#pathOf(generation));
      await syncFolder(this.#directory);
      return true;
    } catch (error) {
      if (systemErrorCode(error) === 'EEXIST') return false;
      throw error;
    } finally {
      await rm(unfinished, { force: true });
    }
  }

  async #generations(): Promise<number[]> {
    try {
      const names = await readdir(this.#directory);
      return names
        .flatMap((name) => FILE.exec(name)?.[1] ?? [])
        .map(Number)
        .toSorted((a, b) => a - b);
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return [];
      throw error;
    }
  }

  #pathOf(generation: number): string {
    return join(this.#directory, `ring-${String(generation).padStart(10, '0')}.sealed`);
  }
}
