/** Where a value stands in a {@link LinkedList}. */
export interface Link<Value> {
  readonly value: Value;
  previous: Link<Value> | undefined;
  next: Link<Value> | undefined;
}

/** A list from whose middle a value is removed as quickly as from its ends: all in constant time. */
export class LinkedList<Value> {
  #first: Link<Value> | undefined;
  #last: Link<Value> | undefined;
  #size = 0;

  /** How many values there are. */
  get size(): number {
    return this.#size;
  }

  /** The value that was appended before all others. */
  get first(): Link<Value> | undefined {
    return this.#first;
  }

  /** The value that was appended after all others. */
  get last(): Link<Value> | undefined {
    return this.#last;
  }

  /** Adds a value at the end. */
  append(value: Value): Link<Value> {
    const link: Link<Value> = { value, previous: this.#last, next: undefined };
    if (this.#last) this.#last.next = link;
    else this.#first = link;
    this.#last = link;
    this.#size += 1;
    return link;
  }

  /** Takes a value out. Its link must stand in this list, and is of no use afterwards. */
  remove({ previous, next }: Link<Value>): void {
    if (previous) previous.next = next;
    else this.#first = next;
    if (next) next.previous = previous;
    else this.#last = previous;
    this.#size -= 1;
  }
}
