import { hash } from 'node:crypto';

const HASH_BYTES = 32;
const LEFT = 1;
const RIGHT = LEFT + HASH_BYTES;
const PAIR_BYTES = RIGHT + HASH_BYTES;
const NODE_PREFIX = 0x01;
/** Sizes are safe integers. */
const LEVELS = 54;

/**
 * A stretch of a Merkle tree by RFC 6962 from one leaf on, held as the roots of the largest perfect subtrees
 * that fill it: a compact range. Stretches that were hashed apart from each other, by several threads, are
 * put together without hashing their leaves again. One hash per leaf; memory of a few KiB.
 */
export class CompactRange {
  /** The two children that meet at a level, behind the byte that is hashed before them. */
  readonly #pairs = Array.from({ length: LEVELS }, () => Buffer.alloc(PAIR_BYTES, NODE_PREFIX));
  /** At which levels a left child waits for its right one. */
  readonly #waiting = new Uint8Array(LEVELS);
  /** Right children whose left ones are before the range, smallest first. */
  readonly #border: string[] = [];
  #from: number;
  #end: number;
  #lastLeafAt = LEFT;

  /** @param from the place of the first leaf */
  constructor(from: number) {
    this.#from = from;
    this.#end = from;
  }

  get from(): number {
    return this.#from;
  }

  /** The place behind the last leaf. */
  get end(): number {
    return this.#end;
  }

  /** The memory that holds the last leaf that was appended, at {@link CompactRange.lastLeafAt}. */
  get memory(): Buffer {
    return this.#pair(0);
  }

  get lastLeafAt(): number {
    return this.#lastLeafAt;
  }

  /**
   * Adds a leaf.
   *
   * @param leaf its hash, as a text of one character per byte
   */
  append(leaf: string): void {
    const index = this.#end;
    this.#lastLeafAt = index % 2 === 0 ? LEFT : RIGHT;
    // Also where it joins nothing: the last leaf is asked for.
    this.#pair(0).write(leaf, this.#lastLeafAt, HASH_BYTES, 'latin1');
    if (index % 2 === 0) this.#waiting[0] = 1;
    else if (this.#waiting[0] === 0) this.#border.push(leaf);
    else this.#join(0, index);
    this.#end = index + 1;
  }

  /**
   * Adds the range that follows.
   *
   * @param to the place behind its last leaf
   * @param nodes what {@link CompactRange.nodes} gave for it
   */
  appendRange(to: number, nodes: Buffer): void {
    levelsOf(this.#end, to).forEach((level, index) => {
      const at = index * HASH_BYTES;
      this.#insert(level, this.#end / 2 ** level, nodes.toString('latin1', at, at + HASH_BYTES));
      this.#end += 2 ** level;
    });
  }

  /** The roots of the subtrees, from left to right, 32 bytes each. */
  nodes(): Buffer {
    const waiting = this.#pairs
      .filter((_, level) => this.#waiting[level] === 1)
      .map((pair) => pair.subarray(LEFT, RIGHT))
      .toReversed();
    return Buffer.concat([...this.#border.map((node) => Buffer.from(node, 'latin1')), ...waiting]);
  }

  /** The root of the tree, where the range begins at 0. */
  root(): Buffer {
    const subtrees = this.#pairs.filter((_, level) => this.#waiting[level] === 1);
    const [smallest, ...others] = subtrees.map((pair) => pair.subarray(LEFT, RIGHT));
    if (!smallest) return hash('sha256', '', 'buffer');
    return others.reduce<Buffer>((right, left) => parentOf(left, right), smallest);
  }

  /** Begins anew where the range ended. */
  restart(): void {
    this.#from = this.#end;
    this.#waiting.fill(0);
    this.#border.length = 0;
  }

  #insert(level: number, index: number, node: string): void {
    const isLeft = index % 2 === 0;
    this.#pair(level).write(node, isLeft ? LEFT : RIGHT, HASH_BYTES, 'latin1');
    if (isLeft) this.#waiting[level] = 1;
    else if (this.#waiting[level] === 0) this.#border.push(node);
    else this.#join(level, index);
  }

  /** Makes the parent of the pair of a level, and goes on above. */
  #join(level: number, index: number): void {
    this.#waiting[level] = 0;
    const parent = hash('sha256', this.#pair(level), 'binary');
    this.#insert(level + 1, (index - 1) / 2, parent);
  }

  #pair(level: number): Buffer {
    const pair = this.#pairs[level];
    if (!pair) throw new RangeError('the tree is too large');
    return pair;
  }
}

/** The levels of the largest perfect subtrees that fill a stretch of leaves, from left to right. */
export function levelsOf(from: number, to: number): number[] {
  const levels: number[] = [];
  for (let at = from; at < to;) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= to) level += 1;
    levels.push(level);
    at += 2 ** level;
  }
  return levels;
}

function parentOf(left: Buffer, right: Buffer): Buffer {
  return hash('sha256', Buffer.concat([Buffer.of(NODE_PREFIX), left, right]), 'buffer');
}
