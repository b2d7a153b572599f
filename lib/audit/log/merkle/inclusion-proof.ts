import { checkWhole } from '../../../common/check-whole.js';
import { HASH_BYTES, nodeHash } from './node-hash.js';
import { rangeRoot, splitOf } from './range-root.js';
import type { TreeNodes } from './tree-nodes.js';

/**
 * Proves that a leaf is in a tree, RFC 6962 section 2.1.1: the hashes that lead from the leaf to the root,
 * the leaf's sibling first. O(log size) hashes.
 *
 * @param index the place of the leaf, from 0
 * @param size the number of leaves of the tree
 * @throws RangeError when the leaf is not in the tree
 */
export async function inclusionProof(
  index: number,
  size: number,
  nodes: TreeNodes,
): Promise<Buffer[]> {
  checkWhole(size, 'the size', 1, Number.MAX_SAFE_INTEGER);
  checkWhole(index, 'the index', 0, size - 1);
  const proof: Buffer[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    const isLeft = index < middle;
    proof.push(await (isLeft ? rangeRoot(middle, to, nodes) : rangeRoot(from, middle, nodes)));
    if (isLeft) to = middle;
    else from = middle;
  }
  return proof.toReversed();
}

/** What a proof of inclusion claims. */
export interface Inclusion {
  /** The place of the leaf, from 0. */
  readonly index: number;
  /** The number of leaves of the tree. */
  readonly size: number;
  /** The leaf hash, 32 bytes. */
  readonly leaf: Buffer;
  /** The root of the tree, 32 bytes. */
  readonly root: Buffer;
  /** The hashes from the leaf's sibling up. */
  readonly proof: readonly Buffer[];
}

/** Whether a leaf is at its place in the tree that has this size and root. Never throws. */
export function verifyInclusion({ index, size, leaf, root, proof }: Inclusion): boolean {
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(index)) return false;
  if (index < 0 || index >= size || leaf.length !== HASH_BYTES) return false;
  if (proof.some((hash) => hash.length !== HASH_BYTES)) return false;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    // A node without a sibling is carried up unhashed until it is a right child.
    while (at === last && at % 2 === 0) [at, last] = [at / 2, last / 2];
    hash = at % 2 === 1 ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && hash.equals(root);
}
