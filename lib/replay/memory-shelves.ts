import { GenerationPair } from './generation-pair.js';
import { MAX_TTL_MS } from './replay-arguments.js';

const SHORTEST_MS = 15 * 60 * 1000;
const SHELVES = Math.ceil(Math.log2(MAX_TTL_MS / SHORTEST_MS)) + 1;

/** What is known of a key. */
export interface ReplayEntry {
  /** Of the holder, or of who completed it; empty for what was consumed. */
  readonly token: string;
  readonly isDone: boolean;
  /** When others may claim it, in milliseconds since the Unix epoch. */
  readonly leaseEndsAt: number;
  /** When it is forgotten. */
  readonly endsAt: number;
}

/**
 * Entries by how long they live: a shelf for up to 15 minutes, one for up to 30, and so on, doubling. Each
 * is a {@link GenerationPair} of that length, so an entry takes room for at most four times as long as it
 * lives (or half an hour), whatever lives beside it. Only shelves in use are looked at: at most 20.
 */
export class MemoryShelves {
  readonly #shelves: (GenerationPair<ReplayEntry> | undefined)[] = Array.from({ length: SHELVES });

  /** How many entries are held, those that are over and not yet dropped included. */
  get size(): number {
    return this.#shelves.reduce((sum, shelf) => sum + (shelf?.size ?? 0), 0);
  }

  /** How many entries a namespace holds. */
  sizeOf(namespace: string): number {
    return this.#shelves.reduce((sum, shelf) => sum + (shelf?.sizeOf(namespace) ?? 0), 0);
  }

  /** The entry of a key, unless it is over. */
  get(namespace: string, key: string, now: number): ReplayEntry | undefined {
    for (const shelf of this.#shelves) {
      shelf?.turn(now);
      const entry = shelf?.get(namespace, key);
      if (entry) return entry.endsAt > now ? entry : undefined;
    }
    return undefined;
  }

  /** Puts an entry in the place of the one that the key has. */
  set(namespace: string, key: string, entry: ReplayEntry, now: number): void {
    this.delete(namespace, key);
    this.#shelfFor(entry.endsAt - now, now).add(namespace, key, entry);
  }

  delete(namespace: string, key: string): void {
    for (const shelf of this.#shelves) shelf?.delete(namespace, key);
  }

  #shelfFor(ttlMs: number, now: number): GenerationPair<ReplayEntry> {
    const index = Math.max(0, Math.ceil(Math.log2(ttlMs / SHORTEST_MS)));
    const shelf = (this.#shelves[index] ??= new GenerationPair(SHORTEST_MS * 2 ** index, now));
    // Looking for a key ends where it is found, so that shelves behind may have stood still.
    shelf.turn(now);
    return shelf;
  }
}
