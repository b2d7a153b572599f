import { hash } from 'node:crypto';
import {
  HASH_BYTES,
  hashText,
  type HashText,
  hashTextBytes,
  hashTextOf,
  putHashText,
} from './hash-text.js';

const LEFT = 1;
const RIGHT = LEFT + HASH_BYTES;
const PAIR_BYTES = RIGHT + HASH_BYTES;
const NODE_PREFIX = 0x01;
/** Sizes are safe integers. */
const LEVELS = 54;

/** The two children that meet at a level, behind the byte that is hashed before them. */
interface Pair {
  readonly bytes: Buffer;
  readonly view: DataView;
}

/**
 * A stretch of a Merkle tree by RFC 6962 from one leaf on, held as the roots of the largest perfect subtrees
 * that fill it: a compact range. Stretches that were hashed apart from each other, by several threads, are
 * put together without hashing their leaves again. One hash per leaf; memory of a few KiB.
 */
export class CompactRange {
  readonly #pairs = Array.from({ length: LEVELS }, emptyPair);
  /** At which levels a left child waits for its right one. */
  readonly #waiting = new Uint8Array(LEVELS);
  /** Right children whose left ones are before the range, smallest first. */
  readonly #border: HashText[] = [];
  #from: number;
  #end: number;

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

  /** Adds the hash of a leaf. */
  append(leaf: HashText): void {
    this.#insert(0, this.#end, leaf);
    this.#end += 1;
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
      this.#insert(level, this.#end / 2 ** level, hashTextOf(nodes.subarray(at, at + HASH_BYTES)));
      this.#end += 2 ** level;
    });
  }

  /** The roots of the subtrees, from left to right, 32 bytes each. */
  nodes(): Buffer {
    return Buffer.concat([...this.#border.map(hashTextBytes), ...this.#lefts().toReversed()]);
  }

  /** The root of the tree, where the range begins at 0. */
  root(): Buffer {
    const [smallest, ...others] = this.#lefts();
    if (!smallest) return hash('sha256', '', 'buffer');
    return others.reduce<Buffer>((right, left) => parentOf(left, right), smallest);
  }

  /** Begins anew where the range ended. */
  restart(): void {
    this.#from = this.#end;
    this.#waiting.fill(0);
    this.#border.length = 0;
  }

  /** The left children that wait, smallest first. */
  #lefts(): Buffer[] {
    return this.#pairs
      .filter((_, level) => this.#waiting[level] === 1)
      .map(({ bytes }) => bytes.subarray(LEFT, RIGHT));
  }

  /** Adds the root of a perfect subtree: its place among those of its level, and the height of that level. */
  #insert(level: number, index: number, node: HashText): void {
    let [height, place, root] = [level, index, node];
    for (; this.#waiting[height] === 1; height += 1) {
      const { bytes, view } = this.#pair(height);
      putHashText(root, view, RIGHT);
      this.#waiting[height] = 0;
      root = hashText(bytes);
      place = (place - 1) / 2;
    }
    if (place % 2 === 1) {
      this.#border.push(root);
    } else {
      putHashText(root, this.#pair(height).view, LEFT);
      this.#waiting[height] = 1;
    }
  }

  #pair(level: number): Pair {
    const pair = this.#pairs[level];
    if (!pair) throw new RangeError('the tree is too large');
    return pair;
  }
}

function emptyPair(): Pair {
  const bytes = Buffer.alloc(PAIR_BYTES, NODE_PREFIX);
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
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
