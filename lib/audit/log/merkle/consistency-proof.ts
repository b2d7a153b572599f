import { checkWhole } from '../../../common/check-whole.js';
import { HASH_BYTES, nodeHash } from './node-hash.js';
import { rangeRoot, splitOf } from './range-root.js';
import type { TreeNodes } from './tree-nodes.js';

/**
 * Proves that a tree only grew, RFC 6962 section 2.1.2. O(log newSize) hashes; none when the sizes are equal,
 * and none when the old tree is empty, which every tree continues.
 *
 * @param oldSize the number of leaves before
 * @param newSize the number of leaves after
 * @throws RangeError when the sizes are no whole numbers or the new one is smaller
 */
export async function consistencyProof(
  oldSize: number,
  newSize: number,
  nodes: TreeNodes,
): Promise<Buffer[]> {
  checkWhole(newSize, 'the new size', 0, Number.MAX_SAFE_INTEGER);
  checkWhole(oldSize, 'the old size', 0, newSize);
  if (oldSize === 0) return [];
  const proof: Buffer[] = [];
  let [from, to] = [0, newSize];
  while (to !== oldSize) {
    const middle = from + splitOf(to - from);
    const isLeft = oldSize <= middle;
    proof.push(await (isLeft ? rangeRoot(middle, to, nodes) : rangeRoot(from, middle, nodes)));
    if (isLeft) to = middle;
    else from = middle;
  }
  // The verifier knows the old root; where that is a subtree of the new tree, it is left out.
  if (from > 0) proof.push(await rangeRoot(from, to, nodes));
  return proof.toReversed();
}

/** What a proof of consistency claims. */
export interface Consistency {
  /** The number of leaves before. */
  readonly oldSize: number;
  /** The number of leaves after. */
  readonly newSize: number;
  /** The root before, 32 bytes. */
  readonly oldRoot: Buffer;
  /** The root after, 32 bytes. */
  readonly newRoot: Buffer;
  readonly proof: readonly Buffer[];
}

/**
 * Whether the new tree continues the old one. Never throws. An old size of 0 is refused: an empty tree says
 * nothing that a proof could be held against, so a caller that means it has to treat it apart.
 */
export function verifyConsistency(claim: Consistency): boolean {
  const { oldSize, newSize, oldRoot, newRoot, proof } = claim;
  if (!Number.isSafeInteger(oldSize) || !Number.isSafeInteger(newSize)) return false;
  if (oldSize < 1 || oldSize > newSize) return false;
  if (oldSize === newSize) return proof.length === 0 && oldRoot.equals(newRoot);
  return [oldRoot, ...proof].every((hash) => hash.length === HASH_BYTES) && leadsToBoth(claim);
}

function leadsToBoth({ oldSize, newSize, oldRoot, newRoot, proof }: Consistency): boolean {
  let [at, last] = [oldSize - 1, newSize - 1];
  while (at % 2 === 1) [at, last] = [(at - 1) / 2, Math.floor(last / 2)];
  // When nothing is left of the old edge, the old tree is perfect and its root is where the path begins.
  const [start, ...path] = at === 0 ? [oldRoot, ...proof] : proof;
  if (!start) return false;
  let [oldHash, newHash] = [start, start];
  for (const sibling of path) {
    if (last === 0) return false;
    while (at === last && at % 2 === 0) [at, last] = [at / 2, last / 2];
    if (at % 2 === 1) [oldHash, newHash] = [nodeHash(sibling, oldHash), nodeHash(sibling, newHash)];
    else newHash = nodeHash(newHash, sibling);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && oldHash.equals(oldRoot) && newHash.equals(newRoot);
}
