/** Entries by namespace and key, so that a namespace is counted without a look at the others. */
class Generation<Entry> {
  readonly byNamespace = new Map<string, Map<string, Entry>>();
  size = 0;
  /** When the last of its entries is over. */
  endsAt = -Infinity;
}

/**
 * Two generations of entries that turn by time: entries go into the present one; at the turn it becomes the
 * previous one, and what was that is dropped as a whole. So each entry stays for at least one length and
 * at most two, and nothing is ever searched for what is over. All verbs cost O(1).
 */
export class GenerationPair<Entry extends { readonly endsAt: number }> {
  readonly #lengthMs: number;
  #present = new Generation<Entry>();
  #previous = new Generation<Entry>();
  #turnsAt: number;

  /** @param lengthMs entries are kept for at least as long */
  constructor(lengthMs: number, now: number) {
    this.#lengthMs = lengthMs;
    this.#turnsAt = now + lengthMs;
  }

  /** How many entries are held. */
  get size(): number {
    return this.#present.size + this.#previous.size;
  }

  /** How many entries of a namespace are held. */
  sizeOf(namespace: string): number {
    const present = this.#present.byNamespace.get(namespace)?.size ?? 0;
    return present + (this.#previous.byNamespace.get(namespace)?.size ?? 0);
  }

  /** Drops what is over; call before anything else. */
  turn(now: number): void {
    if (this.#turnsAt - now > this.#lengthMs) {
      // The clock was set back: without this, nothing would be dropped until it has caught up.
      this.#turnsAt = now + this.#lengthMs;
    }
    if (now < this.#turnsAt || this.#isNeeded(this.#previous, now)) return;
    const isPresentOver =
      now >= this.#turnsAt + this.#lengthMs && !this.#isNeeded(this.#present, now);
    this.#previous = isPresentOver ? new Generation() : this.#present;
    this.#present = new Generation();
    this.#turnsAt = now + this.#lengthMs;
  }

  get(namespace: string, key: string): Entry | undefined {
    return (
      this.#present.byNamespace.get(namespace)?.get(key) ??
      this.#previous.byNamespace.get(namespace)?.get(key)
    );
  }

  /** Adds an entry for a key that has none. */
  add(namespace: string, key: string, entry: Entry): void {
    const entries = this.#present.byNamespace.get(namespace);
    if (entries) entries.set(key, entry);
    else this.#present.byNamespace.set(namespace, new Map([[key, entry]]));
    this.#present.size += 1;
    this.#present.endsAt = Math.max(this.#present.endsAt, entry.endsAt);
  }

  delete(namespace: string, key: string): void {
    for (const generation of [this.#present, this.#previous]) {
      if (generation.byNamespace.get(namespace)?.delete(key)) generation.size -= 1;
    }
  }

  /**
   * A clock that was set back for a moment has turned too early. Nothing ends later than in one length, but what
   * was added while the clock was far ahead.
   */
  #isNeeded({ endsAt }: Generation<Entry>, now: number): boolean {
    return endsAt > now && endsAt - now <= this.#lengthMs;
  }
}
