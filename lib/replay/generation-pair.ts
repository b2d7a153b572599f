/** Entries by namespace and key, so that a namespace is counted without a look at the others. */
type Generation<Entry> = Map<string, Map<string, Entry>>;

/**
 * Two generations of entries that turn by time: entries go into the present one; at the turn it becomes the
 * previous one, and what was that is dropped as a whole. So each entry stays for at least one length and
 * at most two, and nothing is ever searched for what is over. All verbs cost O(1).
 */
export class GenerationPair<Entry> {
  readonly #lengthMs: number;
  #present: Generation<Entry> = new Map();
  #previous: Generation<Entry> = new Map();
  #presentSize = 0;
  #previousSize = 0;
  #turnsAt: number;

  /** @param lengthMs entries are kept for at least as long */
  constructor(lengthMs: number, now: number) {
    this.#lengthMs = lengthMs;
    this.#turnsAt = now + lengthMs;
  }

  /** How many entries are held. */
  get size(): number {
    return this.#presentSize + this.#previousSize;
  }

  /** How many entries of a namespace are held. */
  sizeOf(namespace: string): number {
    const present = this.#present.get(namespace)?.size ?? 0;
    return present + (this.#previous.get(namespace)?.size ?? 0);
  }

  /** Drops what is over; call before anything else. */
  turn(now: number): void {
    if (now >= this.#turnsAt) {
      const isPresentOver = now >= this.#turnsAt + this.#lengthMs;
      this.#previous = isPresentOver ? new Map() : this.#present;
      this.#previousSize = isPresentOver ? 0 : this.#presentSize;
      this.#present = new Map();
      this.#presentSize = 0;
      this.#turnsAt = now + this.#lengthMs;
    } else if (this.#turnsAt - now > this.#lengthMs) {
      // The clock was set back: without this, nothing would be dropped until it has caught up.
      this.#turnsAt = now + this.#lengthMs;
    }
  }

  get(namespace: string, key: string): Entry | undefined {
    return this.#present.get(namespace)?.get(key) ?? this.#previous.get(namespace)?.get(key);
  }

  /** Adds an entry for a key that has none. */
  add(namespace: string, key: string, entry: Entry): void {
    const entries = this.#present.get(namespace);
    if (entries) entries.set(key, entry);
    else this.#present.set(namespace, new Map([[key, entry]]));
    this.#presentSize += 1;
  }

  delete(namespace: string, key: string): void {
    if (this.#present.get(namespace)?.delete(key)) this.#presentSize -= 1;
    else if (this.#previous.get(namespace)?.delete(key)) this.#previousSize -= 1;
  }
}
