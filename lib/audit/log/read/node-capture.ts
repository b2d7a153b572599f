import { nodeHash } from '../merkle/node-hash.js';

/** A node of a Merkle tree: the root of a perfect subtree. */
export interface NodePlace {
  readonly level: number;
  readonly index: number;
}

/** Hashes a stretch of a Merkle tree, and keeps those nodes of it that are wanted. One hash a leaf. */
export class NodeCapture {
  readonly #wanted: ReadonlySet<string>;
  readonly #captured = new Map<string, Buffer>();
  /** Left children that wait for their right ones, by level. */
  readonly #waiting: (Buffer | undefined)[] = [];
  #end: number;

  /**
   * @param from the place of the first leaf: all wanted nodes begin there or later
   * @param wanted the nodes to keep
   */
  constructor(from: number, wanted: readonly NodePlace[]) {
    this.#end = from;
    this.#wanted = new Set(wanted.map(keyOf));
  }

  get end(): number {
    return this.#end;
  }

  append(leaf: Buffer): void {
    let [level, index, node] = [0, this.#end, leaf];
    this.#keep(level, index, node);
    while (index % 2 === 1) {
      const left = this.#waiting[level];
      this.#waiting[level] = undefined;
      // What begins before the stretch is not wanted.
      if (!left) break;
      node = nodeHash(left, node);
      level += 1;
      index = (index - 1) / 2;
      this.#keep(level, index, node);
    }
    if (index % 2 === 0) this.#waiting[level] = node;
    this.#end += 1;
  }

  /** A wanted node; nothing when the stretch does not reach to its end. */
  at(place: NodePlace): Buffer | undefined {
    return this.#captured.get(keyOf(place));
  }

  #keep(level: number, index: number, node: Buffer): void {
    const key = keyOf({ level, index });
    if (this.#wanted.has(key)) this.#captured.set(key, node);
  }
}

function keyOf({ level, index }: NodePlace): string {
  return `${level}/${index}`;
}
