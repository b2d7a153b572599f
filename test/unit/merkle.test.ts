import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import {
  consistencyProof,
  verifyConsistency,
} from '../../lib/audit/log/merkle/consistency-proof.js';
import { Frontier } from '../../lib/audit/log/merkle/frontier.js';
import { inclusionProof, verifyInclusion } from '../../lib/audit/log/merkle/inclusion-proof.js';
import { EMPTY_ROOT, nodeHash } from '../../lib/audit/log/merkle/node-hash.js';
import { LeafNodes, type TreeNodes } from '../../lib/audit/log/merkle/tree-nodes.js';

const MAX = 70;
const LARGEST = Number.MAX_SAFE_INTEGER;
const leaves = Array.from({ length: MAX }, (_, at) => sha256(Buffer.from([0x00, at])));
const nodes = new LeafNodes(leaves);
const roots = Array.from({ length: MAX + 1 }, (_, size) => rfcRoot(leaves.slice(0, size)));

function sha256(...parts: Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

/** MTH of RFC 6962 section 2.1, as it is written there, over leaf hashes. */
function rfcRoot(list: readonly Buffer[]): Buffer {
  const [only] = list;
  if (!only) return sha256();
  if (list.length === 1) return only;
  let k = 1;
  while (k * 2 < list.length) k *= 2;
  return sha256(Buffer.from([0x01]), rfcRoot(list.slice(0, k)), rfcRoot(list.slice(k)));
}

function frontierOf(list: readonly Buffer[]): Frontier {
  const frontier = new Frontier();
  for (const leaf of list) frontier.append(leaf);
  return frontier;
}

function rootAt(size: number): Buffer {
  return roots[size] ?? Buffer.alloc(0);
}

function leafAt(index: number): Buffer {
  return leaves[index] ?? Buffer.alloc(0);
}

function flipped(hash: Buffer, bit = 0): Buffer {
  const copy = Buffer.from(hash);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

/** Every way in which a proof is likely to be wrong. */
function wrongProofs(proof: readonly Buffer[]): Buffer[][] {
  return [
    ...proof.map((hash, at) => proof.with(at, flipped(hash, at))),
    ...proof.map((hash, at) => proof.with(at, hash.subarray(1))),
    ...proof.map((_, at) => proof.toSpliced(at, 1)),
    ...proof.map((hash, at) => proof.toSpliced(at, 0, hash)),
    ...proof.slice(1).map((hash, at) => proof.with(at, hash).with(at + 1, proof[at] ?? hash)),
    [...proof, sha256()],
    [sha256(), ...proof],
  ];
}

describe('The hash of a node', () => {
  it('is SHA-256 of 0x01, the left child and the right child', () => {
    const [left, right] = [sha256(Buffer.from('l')), sha256(Buffer.from('r'))];
    expect(nodeHash(left, right)).toEqual(sha256(Buffer.from([0x01]), left, right));
  });

  it('is another when the children change places', () => {
    expect(nodeHash(leafAt(0), leafAt(1))).not.toEqual(nodeHash(leafAt(1), leafAt(0)));
  });
});

describe('A frontier', () => {
  it('has the root that RFC 6962 defines, at every size', () => {
    const frontier = new Frontier();
    for (const [size, root] of roots.entries()) {
      expect(frontier.root()).toEqual(root);
      expect(frontier.size).toBe(size);
      if (size < MAX) frontier.append(leafAt(size));
    }
  });

  it('of no leaves has the hash of nothing as its root, which nobody can change', () => {
    new Frontier().root().fill(0);
    expect(new Frontier().root()).toEqual(sha256());
    expect(EMPTY_ROOT).toEqual(sha256());
  });

  it('goes on from its hashes as if it had seen all leaves', () => {
    for (let size = 0; size <= MAX; size++) {
      const resumed = Frontier.of(size, frontierOf(leaves.slice(0, size)).hashes());
      expect(resumed?.root()).toEqual(roots[size]);
      for (const leaf of leaves.slice(size)) resumed?.append(leaf);
      expect(resumed?.root()).toEqual(roots[MAX]);
    }
  });

  it('gives the roots of its perfect subtrees, largest first', () => {
    expect(frontierOf(leaves.slice(0, 7)).hashes()).toEqual([
      rfcRoot(leaves.slice(0, 4)),
      rfcRoot(leaves.slice(4, 6)),
      leafAt(6),
    ]);
  });

  it('is not made from a wrong number of hashes, hashes of another length, or no size', () => {
    const hashes = frontierOf(leaves.slice(0, 7)).hashes();
    expect(Frontier.of(7, hashes.slice(1))).toBeUndefined();
    expect(Frontier.of(7, [...hashes, sha256()])).toBeUndefined();
    expect(Frontier.of(8, hashes)).toBeUndefined();
    expect(Frontier.of(7, hashes.with(1, Buffer.alloc(31)))).toBeUndefined();
    for (const size of [-1, 1.5, Number.NaN, Infinity, LARGEST + 1])
      expect(Frontier.of(size, [])).toBeUndefined();
  });

  it('of the largest size that a number holds exactly can be continued from', () => {
    const hashes = Array.from({ length: 53 }, () => randomBytes(32));
    const frontier = Frontier.of(LARGEST, hashes);
    const fold = (right: Buffer, left: Buffer): Buffer => nodeHash(left, right);
    expect(frontier?.root()).toEqual(hashes.slice(0, -1).reduceRight(fold, hashes[52] ?? sha256()));
    const before = Frontier.of(LARGEST - 1, hashes.slice(0, 52));
    before?.append(hashes[52] ?? sha256());
    expect(before?.root()).toEqual(frontier?.root());
  });

  it('refuses a leaf that is no hash', () => {
    expect(() => new Frontier().append(Buffer.alloc(31))).toThrow(RangeError);
  });

  it('takes leaves as hexadecimal digits, too', () => {
    const frontier = new Frontier();
    for (const [index, leaf] of leaves.entries()) {
      frontier.appendHex(
        index % 2 === 0 ? leaf.toString('hex') : leaf.toString('hex').toUpperCase(),
      );
      expect(frontier.root()).toEqual(roots[index + 1]);
    }
  });

  it.each([
    ['nothing', ''],
    ['too few digits', 'a'.repeat(62)],
    ['too many digits', 'a'.repeat(66)],
    ['something else at the end', `${'a'.repeat(63)}g`],
    ['something else at the beginning', `-${'a'.repeat(63)}`],
    ['a letter of two bytes', `${'a'.repeat(62)}ää`],
  ])('refuses %s in the place of 64 digits, and stays as it was', (_, text) => {
    const frontier = frontierOf(leaves.slice(0, 3));
    expect(() => frontier.appendHex(text)).toThrow(RangeError);
    expect(frontier.root()).toEqual(roots[3]);
    expect(frontier.size).toBe(3);
  });

  it('shares nothing with its clone, its hashes, its root or the leaf that was appended', () => {
    const leaf = Buffer.from(leafAt(5));
    const frontier = frontierOf(leaves.slice(0, 5));
    frontier.append(leaf);
    const clone = frontier.clone();
    clone.append(leafAt(6));
    leaf.fill(0);
    frontier.root().fill(0);
    for (const hash of frontier.hashes()) hash.fill(0);
    expect(frontier.root()).toEqual(roots[6]);
    expect(frontier.size).toBe(6);
    expect(clone.root()).toEqual(rfcRoot([...leaves.slice(0, 5), leafAt(5), leafAt(6)]));
  });
});

describe('A proof of inclusion', () => {
  it('holds for every leaf of every tree, and no wrong one does', async () => {
    for (let size = 1; size <= MAX; size++) {
      for (let index = 0; index < size; index += size > 20 ? 7 : 1) {
        const proof = await inclusionProof(index, size, nodes);
        const claim = { index, size, leaf: leafAt(index), root: rootAt(size), proof };
        expect(verifyInclusion(claim)).toBe(true);
        for (const wrong of wrongProofs(proof))
          expect(verifyInclusion({ ...claim, proof: wrong })).toBe(false);
        expect(verifyInclusion({ ...claim, root: flipped(claim.root) })).toBe(false);
        expect(verifyInclusion({ ...claim, leaf: flipped(claim.leaf) })).toBe(false);
      }
    }
  });

  it('holds at no other place', async () => {
    for (const size of [1, 2, 6, 7, 8, 33]) {
      for (let index = 0; index < size; index++) {
        const proof = await inclusionProof(index, size, nodes);
        const claim = { size, leaf: leafAt(index), root: rootAt(size), proof };
        for (let other = 0; other < size; other++)
          expect(verifyInclusion({ ...claim, index: other })).toBe(other === index);
      }
    }
  });

  it.each([
    ['an index that is not below the size', { index: 7 }],
    ['a negative index', { index: -1 }],
    ['an index that is no whole number', { index: 2.5 }],
    ['no index', { index: Number.NaN }],
    ['a size of 0', { size: 0 }],
    ['a size beyond the safe integers', { size: LARGEST + 1 }],
    ['a size that is no whole number', { size: 7.5 }],
    ['a leaf of 31 bytes', { leaf: Buffer.alloc(31) }],
    ['an empty root', { root: Buffer.alloc(0) }],
  ])('does not hold for %s', async (_, change) => {
    const proof = await inclusionProof(3, 7, nodes);
    const claim = { index: 3, size: 7, leaf: leafAt(3), root: rootAt(7), proof };
    expect(verifyInclusion({ ...claim, ...change })).toBe(false);
  });

  it('does not hold in spite of a root that was made to fit a hash of 31 bytes', () => {
    const [leaf, short] = [leafAt(0), Buffer.alloc(31)];
    const root = nodeHash(leaf, short);
    expect(verifyInclusion({ index: 0, size: 2, leaf, root, proof: [short] })).toBe(false);
  });

  it('does not hold between two leaves', () => {
    const leaf = leafAt(0);
    expect(verifyInclusion({ index: 0.5, size: 1, leaf, root: leaf, proof: [] })).toBe(false);
  });

  it.each([
    [7, 7],
    [-1, 7],
    [0, 0],
    [0.5, 7],
    [0, LARGEST + 1],
  ])('of leaf %p in a tree of %p is refused as a question', async (index, size) => {
    await expect(inclusionProof(index, size, nodes)).rejects.toThrow(RangeError);
  });
});

describe('A proof of consistency', () => {
  it('holds for all pairs of sizes, and no wrong one does', async () => {
    for (let newSize = 1; newSize <= MAX; newSize++) {
      for (let oldSize = 1; oldSize <= newSize; oldSize++) {
        const proof = await consistencyProof(oldSize, newSize, nodes);
        const [oldRoot, newRoot] = [rootAt(oldSize), rootAt(newSize)];
        const claim = { oldSize, newSize, oldRoot, newRoot, proof };
        expect(verifyConsistency(claim)).toBe(true);
        expect(verifyConsistency({ ...claim, oldRoot: flipped(claim.oldRoot) })).toBe(false);
        expect(verifyConsistency({ ...claim, newRoot: flipped(claim.newRoot) })).toBe(false);
        if (newSize > 20 && (newSize + oldSize) % 7 !== 0) continue;
        for (const wrong of wrongProofs(proof))
          expect(verifyConsistency({ ...claim, proof: wrong })).toBe(false);
      }
    }
  });

  it('does not hold when a leaf of the old tree was changed', async () => {
    for (const [oldSize, newSize] of [
      [1, 2],
      [3, 7],
      [8, 9],
      [33, 70],
    ] as const) {
      for (let changed = 0; changed < oldSize; changed++) {
        const forged = leaves.with(changed, sha256()).slice(0, newSize);
        const proof = await consistencyProof(oldSize, newSize, new LeafNodes(forged));
        const [oldRoot, newRoot] = [rootAt(oldSize), rfcRoot(forged)];
        expect(verifyConsistency({ oldSize, newSize, oldRoot, newRoot, proof })).toBe(false);
      }
    }
  });

  it('from an empty tree has no hashes, and verifies nothing', async () => {
    for (const newSize of [0, 1, 7]) {
      const proof = await consistencyProof(0, newSize, nodes);
      expect(proof).toEqual([]);
      const [oldRoot, newRoot] = [rootAt(0), rootAt(newSize)];
      expect(verifyConsistency({ oldSize: 0, newSize, oldRoot, newRoot, proof })).toBe(false);
    }
  });

  it.each([
    ['sizes in the wrong order', { oldSize: 8 }],
    ['an old size that is no whole number', { oldSize: 2.5 }],
    ['no old size', { oldSize: Number.NaN }],
    ['a negative old size', { oldSize: -3 }],
    ['a new size beyond the safe integers', { newSize: LARGEST + 1 }],
    ['an old root of 31 bytes', { oldRoot: Buffer.alloc(31) }],
    ['no new root', { newRoot: Buffer.alloc(0) }],
  ])('does not hold for %s', async (_, change) => {
    const proof = await consistencyProof(3, 7, nodes);
    const claim = { oldSize: 3, newSize: 7, oldRoot: rootAt(3), newRoot: rootAt(7), proof };
    expect(verifyConsistency({ ...claim, ...change })).toBe(false);
  });

  it.each([
    ['hashes of 31 bytes', 1, 2, Buffer.alloc(31), [leafAt(1)]],
    ['a proof of 31 bytes', 1, 2, leafAt(0), [Buffer.alloc(31)]],
    ['an old size between two leaves', 1.5, 2, leafAt(0), [leafAt(0), leafAt(1)]],
    ['a new size between two leaves', 1, 1.5, leafAt(0), [leafAt(1)]],
  ])('does not hold in spite of a new root that was made to fit %s', (_, ...claim) => {
    const [oldSize, newSize, oldRoot, proof] = claim;
    const newRoot = nodeHash(oldRoot, proof.at(-1) ?? EMPTY_ROOT);
    expect(verifyConsistency({ oldSize, newSize, oldRoot, newRoot, proof })).toBe(false);
  });

  it('does not hold for a tree that shrank, nor for one that has no size, with an equal root', () => {
    const [oldRoot, newRoot, proof] = [leafAt(0), leafAt(0), []];
    for (const [oldSize, newSize] of [
      [2, 1],
      [1.5, 1.5],
      [Number.NaN, Number.NaN],
    ] as const)
      expect(verifyConsistency({ oldSize, newSize, oldRoot, newRoot, proof })).toBe(false);
  });

  it.each([
    [8, 7],
    [-1, 7],
    [0.5, 7],
    [1, LARGEST + 1],
  ])('from %p to %p is refused as a question', async (oldSize, newSize) => {
    await expect(consistencyProof(oldSize, newSize, nodes)).rejects.toThrow(RangeError);
  });
});

describe('Proofs of trees too large to be counted in 32 bits', () => {
  /** A tree whose nodes are all known without its leaves: a node's hash depends on its level alone. */
  const uniform: Buffer[] = [sha256()];
  const huge: TreeNodes = { node: (level) => uniformAt(level) };

  function uniformAt(level: number): Buffer {
    for (let next = uniform.length; next <= level; next++) {
      const below = uniform[next - 1] ?? sha256();
      uniform.push(nodeHash(below, below));
    }
    return uniform[level] ?? sha256();
  }

  function hugeRoot(size: number): Buffer {
    const subtrees: Buffer[] = [];
    for (let level = 53; level >= 0; level--)
      if (Math.floor(size / 2 ** level) % 2 === 1) subtrees.push(uniformAt(level));
    return subtrees.reduceRight((right, left) => nodeHash(left, right));
  }

  const sizes = fc.oneof(
    fc.maxSafeNat().map((size) => size + Number(size === 0)),
    fc.integer({ min: 31, max: 52 }).map((level) => 2 ** level + 1),
    fc.constantFrom(LARGEST, 2 ** 32, 2 ** 52),
  );

  it('hold (property)', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, sizes, async (one, other) => {
        const [oldSize, newSize] = one < other ? [one, other] : [other, one];
        const [oldRoot, newRoot] = [hugeRoot(oldSize), hugeRoot(newSize)];
        const [index, leaf] = [oldSize - 1, uniformAt(0)];
        const included = await inclusionProof(index, newSize, huge);
        expect(
          verifyInclusion({ index, size: newSize, leaf, root: newRoot, proof: included }),
        ).toBe(true);
        const proof = await consistencyProof(oldSize, newSize, huge);
        expect(verifyConsistency({ oldSize, newSize, oldRoot, newRoot, proof })).toBe(true);
      }),
    );
  });
});

describe('The nodes above leaves in memory', () => {
  it('are the roots of perfect subtrees', () => {
    expect(nodes.node(0, 69)).toEqual(leaves[69]);
    expect(nodes.node(3, 1)).toEqual(rfcRoot(leaves.slice(8, 16)));
    expect(nodes.node(6, 0)).toEqual(rfcRoot(leaves.slice(0, 64)));
  });

  it.each([
    [0, 70],
    [1, 35],
    [6, 1],
    [7, 0],
    [53, 0],
    [54, 0],
    [-1, 0],
    [0, -1],
    [0, 0.5],
  ])('end where the leaves end: level %p has no node %p', (level, index) => {
    expect(() => nodes.node(level, index)).toThrow(RangeError);
  });
});
