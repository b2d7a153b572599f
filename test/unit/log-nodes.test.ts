import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TileStore } from '../../lib/audit/log/merkle/tile-store.js';
import { LogNodes } from '../../lib/audit/log/read/log-nodes.js';

const SIZE = 1000;
const leaves = Array.from({ length: SIZE }, (_, at) =>
  createHash('sha256').update(`leaf ${at}`).digest(),
);

describe('The nodes that proofs share', () => {
  it('are read from the tiles once: one above many of them takes hundreds of files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nodes-'));
    const tiles = new TileStore(folder);
    await tiles.writeLeaves(0, leaves);
    const nodes = await LogNodes.for({ folder, segments: [] }, [0, 700], SIZE, SIZE);
    const expected = await tiles.node(9, 0);
    expect(await nodes.node(9, 0)).toEqual(expected);
    rmSync(join(folder, 'tile'), { recursive: true });
    expect(await nodes.node(9, 0)).toEqual(expected);
    await expect(nodes.node(8, 0)).rejects.toMatchObject({ code: 'AUDIT_LOG_DAMAGED' });
  });
});
