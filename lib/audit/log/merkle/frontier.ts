import { EMPTY_ROOT, HASH_BYTES, hashAsLatin1, NODE_BYTES, NODE_PREFIX } from './node-hash.js';

const MAX_HASHES = 53;
const LEFT = 1;
const RIGHT = LEFT + HASH_BYTES;
const STACK = NODE_BYTES;

/**
 * The right edge of a Merkle tree by RFC 6962: the roots of the perfect subtrees that its leaves fall into,
 * one for each 1 in the binary size. It is all that is needed to append and to know the root, so a log of any
 * length costs a few hundred bytes of memory and, on average, one hash per leaf.
 *
 * @example
 * const frontier = new Frontier();
 * frontier.append(leafHash);
 * frontier.root();
 */
export class Frontier {
  #size = 0;
  #depth = 0;
  /** First a pair of hashes that meet, then the stack: in one piece, hashes move without allocating views. */
  readonly #memory = Buffer.alloc(STACK + MAX_HASHES * HASH_BYTES, NODE_PREFIX);
  readonly #pair = this.#memory.subarray(0, NODE_BYTES);

  /**
   * The frontier of a tree whose perfect subtrees are known.
   *
   * @param size the number of leaves, a safe integer
   * @param hashes the roots of the perfect subtrees, largest first, 32 bytes each
   * @returns `undefined` when the hashes are not as many as the size has 1s in binary, or no hashes
   */
  static of(size: number, hashes: readonly Buffer[]): Frontier | undefined {
    if (!Number.isSafeInteger(size) || size < 0) return undefined;
    if (hashes.length !== onesOf(size)) return undefined;
    if (hashes.some((hash) => hash.length !== HASH_BYTES)) return undefined;
    const frontier = new Frontier();
    for (const hash of hashes) frontier.#memory.set(hash, offsetOf(frontier.#depth++));
    frontier.#size = size;
    return frontier;
  }

  /** The number of leaves. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds a leaf at the right.
   *
   * @param leaf the leaf hash, 32 bytes
   * @throws RangeError when it is not of 32 bytes
   */
  append(leaf: Buffer): void {
    if (leaf.length !== HASH_BYTES) throw new RangeError('a leaf hash must have 32 bytes');
    this.#memory.set(leaf, RIGHT);
    this.#grow();
  }

  /**
   * As {@link Frontier.append}, of a leaf hash as a receipt has it.
   *
   * @param leaf 64 hexadecimal digits
   * @throws RangeError when it is something else
   */
  appendHex(leaf: string): void {
    const isHash = leaf.length === 2 * HASH_BYTES;
    // No buffer for each leaf, which would cost half as much as to hash it.
    if (!isHash || this.#memory.write(leaf, RIGHT, 'hex') !== HASH_BYTES)
      throw new RangeError('a leaf hash must have 64 hexadecimal digits');
    this.#grow();
  }

  /** The root hash, 32 bytes; of no leaves, SHA-256 of nothing. */
  root(): Buffer {
    if (this.#size === 0) return Buffer.from(EMPTY_ROOT);
    this.#load(this.#depth - 1, RIGHT);
    for (let at = this.#depth - 2; at >= 0; at--) this.#hashWith(at);
    return Buffer.from(this.#pair.subarray(RIGHT));
  }

  /** The roots of the perfect subtrees, largest first: what {@link Frontier.of} takes. */
  hashes(): Buffer[] {
    return Array.from({ length: this.#depth }, (_, at) =>
      Buffer.from(this.#memory.subarray(offsetOf(at), offsetOf(at + 1))),
    );
  }

  /** A frontier of its own that goes on from here. */
  clone(): Frontier {
    const copy = new Frontier();
    copy.#memory.set(this.#memory);
    copy.#depth = this.#depth;
    copy.#size = this.#size;
    return copy;
  }

  /** Takes the right hash of the pair in as the next leaf. */
  #grow(): void {
    // Each trailing 1 of the size is a perfect subtree that finds its equal now.
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      this.#hashWith(--this.#depth);
    }
    this.#memory.copyWithin(offsetOf(this.#depth++), RIGHT, NODE_BYTES);
    this.#size += 1;
  }

  /** Makes the right hash of the pair the parent of a subtree on the stack and itself. */
  #hashWith(at: number): void {
    this.#load(at, LEFT);
    this.#memory.write(hashAsLatin1(this.#pair), RIGHT, 'latin1');
  }

  #load(at: number, to: number): void {
    this.#memory.copyWithin(to, offsetOf(at), offsetOf(at + 1));
  }
}

/** Where the stack has its hash of this depth. */
function offsetOf(depth: number): number {
  return STACK + depth * HASH_BYTES;
}

function onesOf(size: number): number {
  let ones = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
  return ones;
}
