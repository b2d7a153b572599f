import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leafHash } from '../../lib/audit/log/leaf-hash.js';
import { consistencyProof, verifyConsistency } from '../../lib/audit/log/merkle/consistency-proof.js';
import { Frontier } from '../../lib/audit/log/merkle/frontier.js';
import { inclusionProof, verifyInclusion } from '../../lib/audit/log/merkle/inclusion-proof.js';
import { EMPTY_ROOT, nodeHash } from '../../lib/audit/log/merkle/node-hash.js';
import { tilePath } from '../../lib/audit/log/merkle/tile-path.js';
import { TileStore } from '../../lib/audit/log/merkle/tile-store.js';
import { parseCheckpoint, type Checkpoint } from '../../lib/audit/log/note/checkpoint.js';
import { openNote } from '../../lib/audit/log/note/signed-note.js';
import { parseVerifierKey } from '../../lib/audit/log/note/verifier-key.js';
import { readVectors } from '../support/vectors.js';

interface Probe {
  name: string;
  desc: string;
  proof: string[] | null;
  wantErr: boolean;
}
type InclusionProbe = Probe & { leafIdx: number; treeSize: number; root: string; leafHash: string };
type ConsistencyProbe = Probe & { size1: number; size2: number; root1: string; root2: string };

function probes<T>(file: string): T[] {
  const text = readFileSync(`test/vectors/audit/rfc6962-merkle/${file}`, 'utf8');
  return text.trim().split('\n').map((line) => JSON.parse(line) as T);
}

const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
const hashes = ({ proof }: Probe): Buffer[] => (proof ?? []).map(bytes);

describe('The proofs of transparency-dev/merkle', () => {
  const inclusion = probes<InclusionProbe>('inclusion.jsonl');
  const consistency = probes<ConsistencyProbe>('consistency.jsonl');

  it.each(inclusion)('of inclusion: $name ($desc)', (probe) => {
    const [index, size, leaf, root] = [probe.leafIdx, probe.treeSize, bytes(probe.leafHash), bytes(probe.root)];
    expect(verifyInclusion({ index, size, leaf, root, proof: hashes(probe) })).toBe(!probe.wantErr);
  });

  it.each(consistency)('of consistency: $name ($desc)', (probe) => {
    const [oldSize, newSize, oldRoot, newRoot] = [probe.size1, probe.size2, bytes(probe.root1), bytes(probe.root2)];
    expect(verifyConsistency({ oldSize, newSize, oldRoot, newRoot, proof: hashes(probe) })).toBe(!probe.wantErr);
  });

  it('are 98 of each kind, valid ones and invalid ones', () => {
    for (const list of [inclusion, consistency]) {
      expect(list).toHaveLength(98);
      expect(new Set(list.map(({ wantErr }) => wantErr)).size).toBe(2);
    }
  });
});

describe('The hashes of RFC 6962', () => {
  const known = readVectors<Record<string, string>>('audit/rfc6962-merkle/hashes.json');

  it('are those of transparency-dev/merkle', () => {
    expect(EMPTY_ROOT.toString('hex')).toBe(known['empty_root']);
    expect(leafHash(Buffer.alloc(0))).toBe(known['leaf_empty']);
    expect(leafHash(Buffer.from('L123456'))).toBe(known['leaf_L123456']);
    expect(nodeHash(Buffer.from('N123'), Buffer.from('N456')).toString('hex')).toBe(known['node_N123_N456']);
  });
});

describe('The log of Tessera', () => {
  const folder = 'test/vectors/audit/tlog-tiles-log';
  const store = new TileStore(folder);
  const read = (file: string): Buffer => readFileSync(`${folder}/${file}`);
  const sizes = Array.from({ length: 16 }, (_, size) => size);
  const checkpointAt = (size: number): Checkpoint | undefined => {
    const key = parseVerifierKey(read('vkey.txt').toString().trim());
    const opened = openNote(read(`checkpoint.${size}`), key ? [key] : []);
    return parseCheckpoint(opened?.text ?? '');
  };

  it('has 15 leaves, of which the last tile holds all', async () => {
    expect(await store.size()).toBe(15);
    expect(Buffer.concat(await store.leaves(0, 15))).toEqual(read(tilePath(0, 0, 15)));
  });

  it.each(sizes)('has a signed root at size %p that is the root of its leaves', async (size) => {
    const frontier = new Frontier();
    for (const leaf of await store.leaves(0, size)) frontier.append(leaf);
    const origin = 'example.com/log/testdata';
    expect(checkpointAt(size)).toEqual({ origin, size, root: frontier.root(), extensions: [] });
  });

  it.each(sizes.slice(1))('has entries at size %p that hash to its leaves', async (size) => {
    const bundle = read(`tile/entries/000.p/${size}`);
    const hashes: string[] = [];
    for (let at = 0; at < bundle.length; at += 2 + bundle.readUInt16BE(at))
      hashes.push(leafHash(bundle.subarray(at + 2, at + 2 + bundle.readUInt16BE(at))));
    expect(hashes).toEqual((await store.leaves(0, size)).map((leaf) => leaf.toString('hex')));
  });

  it('proves all its leaves, and every size from every smaller one', async () => {
    for (const newSize of sizes.slice(1)) {
      const newRoot = checkpointAt(newSize)?.root ?? Buffer.alloc(0);
      for (let index = 0; index < newSize; index++) {
        const [leaf = Buffer.alloc(0)] = await store.leaves(index, index + 1);
        const proof = await inclusionProof(index, newSize, store);
        expect(verifyInclusion({ index, size: newSize, leaf, root: newRoot, proof })).toBe(true);
        const oldSize = index + 1;
        const oldRoot = checkpointAt(oldSize)?.root ?? Buffer.alloc(0);
        const grown = await consistencyProof(oldSize, newSize, store);
        expect(verifyConsistency({ oldSize, newSize, oldRoot, newRoot, proof: grown })).toBe(true);
      }
    }
  });

  it.each(sizes.slice(1))('has at size %p the tile that is written here', async (size) => {
    const written = await mkdtemp(join(tmpdir(), 'tiles-'));
    await new TileStore(written).writeLeaves(0, await store.leaves(0, size));
    expect(await readFile(join(written, tilePath(0, 0, size)))).toEqual(read(tilePath(0, 0, size)));
    await rm(written, { recursive: true });
  });
});
