import { readFileSync } from 'node:fs';
import { verifyConsistency } from '../../lib/audit/log/merkle/consistency-proof.js';
import { verifyInclusion } from '../../lib/audit/log/merkle/inclusion-proof.js';
import { EMPTY_ROOT, nodeHash } from '../../lib/audit/log/merkle/node-hash.js';
import { leafHash } from '../../lib/audit/log/leaf-hash.js';
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
