import { hash } from 'node:crypto';

/** The bytes of a hash in the tree: SHA-256. */
export const HASH_BYTES = 32;

/** What a node hash is made of: the byte 0x01, the left child, the right child. */
export const NODE_PREFIX = 0x01;
export const NODE_BYTES = 1 + 2 * HASH_BYTES;

/** The root of a tree without leaves, RFC 6962 section 2.1: SHA-256 of nothing. */
export const EMPTY_ROOT: Buffer = hash('sha256', '', 'buffer');

/**
 * The hash of an inner node, RFC 6962 section 2.1: SHA-256(0x01 || left || right).
 *
 * @param left the hash of the left child, 32 bytes
 * @param right the hash of the right child, 32 bytes
 */
export function nodeHash(left: Buffer, right: Buffer): Buffer {
  const pair = Buffer.allocUnsafe(1 + left.length + right.length);
  pair[0] = NODE_PREFIX;
  pair.set(left, 1);
  pair.set(right, 1 + left.length);
  return Buffer.from(hashAsLatin1(pair), 'latin1');
}

/** SHA-256 as a string of one character per byte, which Node makes in half the time of a buffer. */
export function hashAsLatin1(bytes: Buffer): string {
  return hash('sha256', bytes, 'binary');
}
