import { hash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  consistencyProof,
  verifyConsistency,
} from '../../lib/audit/log/merkle/consistency-proof.js';
import { Frontier } from '../../lib/audit/log/merkle/frontier.js';
import { inclusionProof, verifyInclusion } from '../../lib/audit/log/merkle/inclusion-proof.js';
import { tilePath } from '../../lib/audit/log/merkle/tile-path.js';
import { TileStore } from '../../lib/audit/log/merkle/tile-store.js';
import { LeafNodes } from '../../lib/audit/log/merkle/tree-nodes.js';

const LARGE = 65_536 + 300;
const leaves = Array.from({ length: LARGE }, (_, at) => hash('sha256', `leaf ${at}`, 'buffer'));
const nodes = new LeafNodes(leaves);
const folders: string[] = [];

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tiles-'));
  folders.push(folder);
  return folder;
}

async function storeOf(size: number): Promise<{ folder: string; store: TileStore }> {
  const folder = await newFolder();
  const store = new TileStore(folder);
  await store.writeLeaves(0, leaves.slice(0, size));
  return { folder, store };
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .toSorted();
}

function joined(hashes: readonly Buffer[]): string {
  return Buffer.concat(hashes).toString('hex');
}

const roots = new Map<number, Buffer>();

/** The root of the first leaves, from a frontier; the large ones take a while. */
function rootOf(size: number): Buffer {
  const known = roots.get(size);
  if (known) return known;
  const frontier = new Frontier();
  for (const leaf of leaves.slice(0, size)) frontier.append(leaf);
  roots.set(size, frontier.root());
  return frontier.root();
}

/** Proves a few leaves and sizes of a log from its tiles, against roots that came about otherwise. */
async function expectProofs(store: TileStore, size: number): Promise<void> {
  const root = rootOf(size);
  const places = [0, 1, 255, 256, 257, size >> 1, size - 2, size - 1];
  for (const index of places.filter((place) => place >= 0 && place < size)) {
    const proof = await inclusionProof(index, size, store);
    const leaf = leaves[index] ?? Buffer.alloc(0);
    expect(verifyInclusion({ index, size, leaf, root, proof })).toBe(true);
    const [oldSize, newSize, newRoot] = [index + 1, size, root];
    const grown = await consistencyProof(oldSize, newSize, store);
    const oldRoot = rootOf(oldSize);
    expect(verifyConsistency({ oldSize, newSize, oldRoot, newRoot, proof: grown })).toBe(true);
  }
}

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

describe('The path of a tile', () => {
  it.each([
    ['tile/0/000', 0, 0, 256],
    ['tile/0/999', 0, 999, 256],
    ['tile/0/x001/000', 0, 1000, 256],
    ['tile/0/x001/x234/067', 0, 1234067, 256],
    ['tile/1/x001/x000/000', 1, 1_000_000, 256],
    ['tile/63/000', 63, 0, 256],
    ['tile/0/273.p/112', 0, 273, 112],
    ['tile/2/x001/234.p/1', 2, 1234, 1],
    ['tile/0/x009/x007/x199/x254/x740/991.p/255', 0, Number.MAX_SAFE_INTEGER, 255],
  ])('is %s at level %p, index %p and width %p', (path, level, index, width) => {
    expect(tilePath(level, index, width)).toBe(path);
  });

  it.each([
    [-1, 0, 1],
    [64, 0, 1],
    [0.5, 0, 1],
    [0, -1, 1],
    [0, 0.5, 1],
    [0, 2 ** 53, 1],
    [0, 0, 0],
    [0, 0, 257],
    [0, 0, 1.5],
  ])('at level %p, index %p and width %p is refused', (level, index, width) => {
    expect(() => tilePath(level, index, width)).toThrow(RangeError);
  });
});

describe('Tiles', () => {
  it.each([1, 2, 255, 256, 257, 511, 512, 513, 700])(
    'of a log of %p leaves have the nodes of its tree',
    async (size) => {
      const { store } = await storeOf(size);
      expect(await store.size()).toBe(size);
      expect(joined(await store.leaves(0, size))).toEqual(joined(leaves.slice(0, size)));
      for (let level = 0; 2 ** level <= size; level++) {
        const last = Math.floor(size / 2 ** level) - 1;
        for (const index of new Set([0, last >> 1, last]))
          expect(await store.node(level, index)).toEqual(nodes.node(level, index));
        await expect(store.node(level, last + 1)).rejects.toMatchObject({
          code: 'AUDIT_LOG_DAMAGED',
        });
      }
      await expectProofs(store, size);
    },
  );

  it('of a log around 65,536 leaves have the nodes of its tree, with and without the tiles above', async () => {
    const { folder, store } = await storeOf(65_535);
    expect(await readdir(join(folder, 'tile'))).toEqual(['0']);
    await expectProofs(store, 65_535);
    for (const size of [65_536, 65_537, LARGE]) {
      const from = await store.size();
      await store.writeLeaves(from, leaves.slice(from, size));
      expect(await store.size()).toBe(size);
      expect((await readdir(join(folder, 'tile'))).toSorted()).toEqual(['0', '1']);
      await expectProofs(store, size);
    }
    expect(await readFile(join(folder, 'tile/1/000'))).toEqual(
      Buffer.concat(Array.from({ length: 256 }, (_, at) => nodes.node(8, at))),
    );
    const wanted = [
      [15, 1],
      [16, 0],
      [9, 3],
      [8, 255],
      [3, 8000],
    ] as const;
    for (const [level, index] of wanted)
      expect(await store.node(level, index)).toEqual(nodes.node(level, index));
    await rm(join(folder, 'tile/1'), { recursive: true });
    for (const [level, index] of wanted)
      expect(await store.node(level, index)).toEqual(nodes.node(level, index));
    await expectProofs(store, LARGE);
  });

  it('are the same however the leaves were divided (property)', async () => {
    const { folder: whole } = await storeOf(1100);
    const files = await filesOf(whole);
    expect(files).toEqual([
      'tile/0/000',
      'tile/0/001',
      'tile/0/002',
      'tile/0/003',
      'tile/0/004.p/76',
    ]);
    const borders = fc.array(fc.nat(1100), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(borders, async (list) => {
        const folder = await newFolder();
        const ends = [...list.toSorted((a, b) => a - b), 1100];
        for (const [at, end] of ends.entries()) {
          const from = ends[at - 1] ?? 0;
          // A new store each time: everything it needs is in the folder.
          const store = new TileStore(folder);
          await store.writeLeaves(from, leaves.slice(from, end));
          expect(await store.size()).toBe(end);
        }
        expect(await filesOf(folder)).toEqual(files);
        for (const file of files)
          expect(await readFile(join(folder, file))).toEqual(await readFile(join(whole, file)));
      }),
      { numRuns: 8 },
    );
  });

  it('give any part of the leaves', async () => {
    const { store } = await storeOf(700);
    for (const [from, to] of [
      [0, 0],
      [0, 1],
      [255, 257],
      [256, 512],
      [100, 700],
      [699, 700],
      [700, 700],
    ])
      expect(joined(await store.leaves(from ?? 0, to ?? 0))).toEqual(
        joined(leaves.slice(from, to)),
      );
    await expect(store.leaves(699, 701)).rejects.toMatchObject({ code: 'AUDIT_LOG_DAMAGED' });
    await expect(store.leaves(5, 4)).rejects.toThrow(RangeError);
    await expect(store.leaves(-1, 4)).rejects.toThrow(RangeError);
  });

  it('of no leaves are none', async () => {
    const { folder, store } = await storeOf(0);
    expect(await store.size()).toBe(0);
    expect(await store.leaves(0, 0)).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('are private, and leave nothing else behind', async () => {
    const { folder } = await storeOf(300);
    expect(await filesOf(folder)).toEqual(['tile/0/000', 'tile/0/001.p/44']);
    expect((await stat(join(folder, 'tile/0/000'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'tile/0'))).mode & 0o777).toBe(0o700);
  });

  it('of more than 1,000 parts are counted across folders', async () => {
    const { folder, store } = await storeOf(0);
    const tile = Buffer.alloc(8192);
    // 256,000 leaves fill a folder; these are files only, since counting looks at names.
    await store.writeLeaves(0, leaves.slice(0, 256));
    for (let index = 1; index < 1000; index++)
      await writeFile(join(folder, tilePath(0, index)), tile);
    expect(await store.size()).toBe(256_000);
    await store.writeLeaves(256_000, leaves.slice(0, 300));
    expect(await store.size()).toBe(256_300);
    expect(joined(await store.leaves(256_000, 256_300))).toEqual(joined(leaves.slice(0, 300)));
  });
});

describe('Writing tiles', () => {
  it('takes leaves again that it has, and goes on behind them', async () => {
    const { folder, store } = await storeOf(300);
    await store.writeLeaves(0, leaves.slice(0, 300));
    await store.writeLeaves(250, leaves.slice(250, 260));
    expect(await filesOf(folder)).toEqual(['tile/0/000', 'tile/0/001.p/44']);
    await store.writeLeaves(250, leaves.slice(250, 520));
    expect(await filesOf(folder)).toEqual(['tile/0/000', 'tile/0/001', 'tile/0/002.p/8']);
    expect(joined(await store.leaves(0, 520))).toEqual(joined(leaves.slice(0, 520)));
  });

  it('refuses other leaves in the place of those that it has, and leaves these as they are', async () => {
    const { folder, store } = await storeOf(300);
    for (const changed of [0, 255, 256, 299]) {
      const forged = leaves.slice(0, 310).with(changed, randomBytes(32));
      await expect(store.writeLeaves(0, forged)).rejects.toMatchObject({
        code: 'AUDIT_LOG_DAMAGED',
      });
    }
    expect(await filesOf(folder)).toEqual(['tile/0/000', 'tile/0/001.p/44']);
    expect(joined(await store.leaves(0, 300))).toEqual(joined(leaves.slice(0, 300)));
  });

  it.each([
    [0, 1],
    [0, 256],
    [255, 256],
    [256, 257],
    [256, 512],
    [300, 400],
  ])('refuses to leave a gap: of %p leaves, none from %p on', async (size, firstLeaf) => {
    const { folder, store } = await storeOf(size);
    const before = await filesOf(folder);
    await expect(store.writeLeaves(firstLeaf, leaves.slice(0, 3))).rejects.toThrow(RangeError);
    expect(await filesOf(folder)).toEqual(before);
  });

  it.each([
    ['a hash of 31 bytes', 0, [Buffer.alloc(31)]],
    ['hashes that have 64 bytes together', 0, [Buffer.alloc(31), Buffer.alloc(33)]],
    ['a negative place', -1, [Buffer.alloc(32)]],
    ['a place that is no whole number', 0.5, [Buffer.alloc(32)]],
    ['a place beyond the safe integers', Number.MAX_SAFE_INTEGER, [Buffer.alloc(32)]],
  ])('refuses %s', async (_, firstLeaf, list) => {
    const { folder, store } = await storeOf(0);
    await expect(store.writeLeaves(firstLeaf, list)).rejects.toThrow(RangeError);
    expect(await readdir(folder)).toEqual([]);
  });

  it('goes on after a crash that left an unfinished file or a narrower tile behind', async () => {
    const { folder, store } = await storeOf(300);
    await writeFile(join(folder, 'tile/0/001.p/200.0011223344556677.new'), 'half');
    await writeFile(join(folder, 'tile/0/001.p/7'), Buffer.concat(leaves.slice(256, 263)));
    await writeFile(join(folder, 'tile/0/001.p/256'), Buffer.alloc(8192));
    await writeFile(join(folder, 'tile/0/001.p/045'), Buffer.alloc(1440));
    expect(await store.size()).toBe(300);
    await store.writeLeaves(300, leaves.slice(300, 400));
    expect(joined(await store.leaves(0, 400))).toEqual(joined(leaves.slice(0, 400)));
    await store.writeLeaves(400, leaves.slice(400, 600));
    expect(await filesOf(folder)).toEqual(['tile/0/000', 'tile/0/001', 'tile/0/002.p/88']);
  });

  it('may happen while others read', async () => {
    const { folder, store } = await storeOf(1);
    const reader = new TileStore(folder);
    const writing = (async () => {
      for (let size = 1; size < 600; size += 37)
        await store.writeLeaves(size, leaves.slice(size, size + 37));
    })();
    for (let size = 1; size < 600;) {
      size = await reader.size();
      expect(joined(await reader.leaves(0, size))).toEqual(joined(leaves.slice(0, size)));
    }
    await writing;
  });
});

describe('Tiles that were damaged', () => {
  it.each([
    ['cut', 'tile/0/001', 8191],
    ['cut to nothing', 'tile/0/000', 0],
    ['made longer', 'tile/0/001', 8193],
    ['cut while it is partial', 'tile/0/002.p/88', 100],
  ])('are refused: one was %s', async (_, file, length) => {
    const { folder, store } = await storeOf(600);
    await truncate(join(folder, file), length);
    await expect(store.leaves(0, 600)).rejects.toMatchObject({ code: 'AUDIT_LOG_DAMAGED' });
    const message = `${join(folder, file)} is not as long as its name says`;
    await expect(store.leaves(0, 600)).rejects.toThrow(message);
  });

  it('are refused when one is missing, and end before it', async () => {
    const { folder, store } = await storeOf(900);
    await rm(join(folder, 'tile/0/001'));
    expect(await store.size()).toBe(256);
    await expect(store.node(8, 1)).rejects.toMatchObject({ code: 'AUDIT_LOG_DAMAGED' });
    await expect(store.leaves(250, 260)).rejects.toThrow('is missing or too short');
    expect(joined(await store.leaves(512, 900))).toEqual(joined(leaves.slice(512, 900)));
  });

  it('give another root when a byte of them was changed', async () => {
    const { folder, store } = await storeOf(300);
    const bytes = await readFile(join(folder, 'tile/0/000'));
    bytes[77] = (bytes[77] ?? 0) ^ 1;
    await writeFile(join(folder, 'tile/0/000'), bytes);
    expect(await store.node(8, 0)).not.toEqual(nodes.node(8, 0));
  });

  it.each([
    [54, 0],
    [-1, 0],
    [0, -1],
    [0, 0.5],
    [7, Number.MAX_SAFE_INTEGER],
  ])('or not, have no node at level %p and index %p', async (level, index) => {
    const { store } = await storeOf(3);
    await expect(store.node(level, index)).rejects.toThrow(RangeError);
  });
});
