import { LinkedList, type Link } from './linked-list.js';

/** Everything that waits under one key, and where its turn stands. */
interface Line<Item> {
  readonly key: string | undefined;
  readonly items: LinkedList<Item>;
  turn: Link<Line<Item>> | undefined;
}

/** Where an item waits. */
export interface Place<Item> {
  readonly line: Line<Item>;
  readonly link: Link<Item>;
}

/**
 * A queue in which keys take turns: each gives one item, then goes behind all other keys. So an item waits
 * for at most as many others of every key as stand before it under its own. Within a key the order is that
 * of arrival. All in constant time, but for {@link FairQueue.greediest}.
 */
export class FairQueue<Item> {
  readonly #lines = new Map<string | undefined, Line<Item>>();
  readonly #turns = new LinkedList<Line<Item>>();
  #size = 0;

  /** How many items wait, of all keys. */
  get size(): number {
    return this.#size;
  }

  /** The item whose turn it is. */
  get first(): Item | undefined {
    return this.#turns.first?.value.items.first?.value;
  }

  /** How many items wait under a key. */
  countOf(key: string | undefined): number {
    return this.#lines.get(key)?.items.size ?? 0;
  }

  /** Adds an item behind those of its key; a new key goes behind all other keys. */
  add(key: string | undefined, item: Item): Place<Item> {
    const line = this.#lines.get(key) ?? this.#open(key);
    this.#size += 1;
    return { line, link: line.items.append(item) };
  }

  /** Takes an item out from wherever it waits. Its key keeps its turn. */
  remove({ line, link }: Place<Item>): void {
    line.items.remove(link);
    this.#size -= 1;
    if (line.items.size === 0) this.#close(line);
  }

  /** Takes out {@link FairQueue.first}. Its key goes behind all other keys. */
  take(): void {
    const line = this.#turns.first?.value;
    const link = line?.items.first;
    if (!line || !link) return;
    this.#endTurn(line);
    line.turn = this.#turns.append(line);
    this.remove({ line, link });
  }

  /** The items of the key under which the most wait; of equals, that whose turn comes first. Linear in the keys. */
  greediest(): LinkedList<Item> | undefined {
    let found: LinkedList<Item> | undefined;
    for (let turn = this.#turns.first; turn; turn = turn.next) {
      if (turn.value.items.size > (found?.size ?? 0)) found = turn.value.items;
    }
    return found;
  }

  #open(key: string | undefined): Line<Item> {
    const line: Line<Item> = { key, items: new LinkedList(), turn: undefined };
    line.turn = this.#turns.append(line);
    this.#lines.set(key, line);
    return line;
  }

  #close(line: Line<Item>): void {
    this.#endTurn(line);
    this.#lines.delete(line.key);
  }

  #endTurn(line: Line<Item>): void {
    if (line.turn) this.#turns.remove(line.turn);
    line.turn = undefined;
  }
}
