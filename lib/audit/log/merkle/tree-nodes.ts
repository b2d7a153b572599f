import { checkWhole } from '../../../common/check-whole.js';
import { nodeHash } from './node-hash.js';

/** The hashes of a Merkle tree, wherever they are kept. */
export interface TreeNodes {
  /**
   * The root of the perfect subtree over the leaves from `index * 2 ** level` to, but not including,
   * `(index + 1) * 2 ** level`; at level 0 the leaf hash itself.
   */
  node(level: number, index: number): Buffer | Promise<Buffer>;
}

/** The nodes above leaf hashes that are in memory. A level is computed when it is asked for, once. */
export class LeafNodes implements TreeNodes {
  readonly #levels: (readonly Buffer[])[];

  /** @param leaves the leaf hashes, from the first on, 32 bytes each */
  constructor(leaves: readonly Buffer[]) {
    this.#levels = [leaves];
  }

  /** @throws RangeError when the leaves do not reach so far */
  node(level: number, index: number): Buffer {
    checkWhole(level, 'the level', 0, 53);
    const node = this.#level(level)[index];
    if (node === undefined) throw new RangeError('the tree has no such node');
    return node;
  }

  #level(level: number): readonly Buffer[] {
    for (let next = this.#levels.length; next <= level; next++) {
      this.#levels.push(parentsOf(this.#levels[next - 1] ?? []));
    }
    return this.#levels[level] ?? [];
  }
}

/** The nodes one level up. A last one without a sibling has no parent yet. */
export function parentsOf(nodes: readonly Buffer[]): Buffer[] {
  const parents: Buffer[] = [];
  for (let at = 0; at + 1 < nodes.length; at += 2) {
    const [left, right] = [nodes[at], nodes[at + 1]];
    if (left && right) parents.push(nodeHash(left, right));
  }
  return parents;
}
