import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeBase64 } from '../../../common/encoding.js';
import { Frontier } from '../merkle/frontier.js';
import { readRegularSync } from '../read/regular-file-sync.js';

const FILE = 'frontier.json';
const MAX_BYTES = 64 * 1024;

/**
 * Keeps the tree's frontier beside the checkpoint, so that a start need not hash the whole log. It is no
 * evidence: whoever reads it compares its root with a signed one. Two are kept, since a crash may come
 * between this file and the checkpoint.
 */
export class FrontierCache {
  readonly #path: string;
  #previous: unknown;

  constructor(folder: string) {
    this.#path = join(folder, FILE);
  }

  write(frontier: Frontier): void {
    const entry = {
      size: frontier.size,
      hashes: frontier.hashes().map((hash) => hash.toString('base64')),
    };
    this.#previous ??= this.#entries()[0];
    const frontiers = this.#previous === undefined ? [entry] : [entry, this.#previous];
    const unfinished = `${this.#path}.new`;
    rmSync(unfinished, { force: true });
    writeFileSync(unfinished, JSON.stringify({ v: 1, frontiers }), { mode: 0o600, flag: 'wx' });
    renameSync(unfinished, this.#path);
    this.#previous = entry;
  }

  /** The newest frontier over no more than so many records; nothing is proven of it. */
  upTo(size: number): Frontier | undefined {
    return this.#entries()
      .flatMap((entry) => frontierOf(entry) ?? [])
      .filter((frontier) => frontier.size <= size)
      .toSorted((a, b) => b.size - a.size)[0];
  }

  /** The root over the first records, as far as the cache knows it. */
  rootAt(size: number): Buffer | undefined {
    const frontiers = this.#entries().map((entry) => frontierOf(entry));
    return frontiers.find((frontier) => frontier?.size === size)?.root();
  }

  #entries(): readonly unknown[] {
    try {
      const text = readRegularSync(this.#path, MAX_BYTES).toString('utf8');
      const { frontiers } = JSON.parse(text) as { frontiers?: unknown };
      return Array.isArray(frontiers) ? frontiers : [];
    } catch {
      return [];
    }
  }
}

function frontierOf(entry: unknown): Frontier | undefined {
  const { size, hashes } = (entry ?? {}) as { size?: unknown; hashes?: unknown };
  if (!Number.isSafeInteger(size) || !Array.isArray(hashes)) return undefined;
  const decoded = hashes.map((hash) => (typeof hash === 'string' ? decodeBase64(hash) : undefined));
  const whole = decoded.filter((hash) => hash?.length === 32);
  return whole.length === decoded.length ? Frontier.of(Number(size), whole as Buffer[]) : undefined;
}
