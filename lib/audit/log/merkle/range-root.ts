import { nodeHash } from './node-hash.js';
import type { TreeNodes } from './tree-nodes.js';

/**
 * Where RFC 6962 splits a list of leaves: the largest power of two below its length.
 *
 * @param length at least 2
 */
export function splitOf(length: number): number {
  let split = 1;
  while (split * 2 < length) split *= 2;
  return split;
}

/**
 * The Merkle tree hash of the leaves from one to, but not including, another: MTH(D[from:to]) of RFC 6962.
 * Reads one node for each 1 in the binary length.
 *
 * @param from where a split of RFC 6962 may fall: a multiple of a power of two that is not below `to - from`
 */
export async function rangeRoot(from: number, to: number, nodes: TreeNodes): Promise<Buffer> {
  const subtrees: Buffer[] = [];
  for (let at = from; at < to;) {
    const level = levelWithin(to - at);
    subtrees.push(await nodes.node(level, at / 2 ** level));
    at += 2 ** level;
  }
  return subtrees.reduceRight((right, left) => nodeHash(left, right));
}

/** The level of the largest perfect subtree that a number of leaves fills. Logarithms round; this does not. */
function levelWithin(length: number): number {
  let level = 0;
  while (2 ** (level + 1) <= length) level++;
  return level;
}
