import { leafHash } from '../leaf-hash.js';
import { inclusionProof } from '../merkle/inclusion-proof.js';
import { TileStore } from '../merkle/tile-store.js';
import type { TreeNodes } from '../merkle/tree-nodes.js';
import { LeafTiles } from './leaf-tiles.js';
import type { Segment } from './log-folder.js';
import { NodeCapture, type NodePlace } from './node-capture.js';
import { linesFrom } from './segment-lines.js';

/** The files of a stream that hold its leaves. */
export interface LeafFiles {
  /** The stream's folder. */
  readonly folder: string;
  readonly segments: readonly Segment[];
}

/**
 * The nodes of a log's tree that proofs need. What the tiles hold comes from there; the rest is hashed from the
 * records, once for all proofs.
 */
export class LogNodes implements TreeNodes {
  readonly #tiles: TileStore;
  readonly #capture: NodeCapture;
  /** From the tiles: proofs share most of their nodes, and the higher ones take hundreds of tiles each. */
  readonly #known = new Map<string, Promise<Buffer>>();

  private constructor(tiles: TileStore, capture: NodeCapture) {
    this.#tiles = tiles;
    this.#capture = capture;
  }

  /**
   * Reads what the proofs of some records need.
   *
   * @param indexes the places of the records
   * @param size the size of the tree that they are proven in
   * @param tiled how many leaves to take from the tiles
   * @throws AuditError `AUDIT_LOG_UNREADABLE`
   */
  static async for(
    files: LeafFiles,
    indexes: readonly number[],
    size: number,
    tiled: number,
  ): Promise<LogNodes> {
    const places: NodePlace[] = [];
    const recorder = { node: (level: number, index: number) => record(places, { level, index }) };
    for (const index of indexes) await inclusionProof(index, size, recorder);
    const untiled = places.filter(({ level, index }) => (index + 1) * 2 ** level > tiled);
    const from = untiled.reduce(
      (least, { level, index }) => Math.min(least, index * 2 ** level),
      size,
    );
    const capture = new NodeCapture(from, untiled);
    for await (const leaf of leavesOf(files, from, size, tiled)) capture.append(leaf);
    return new LogNodes(new TileStore(files.folder), capture);
  }

  /** @throws AuditError `AUDIT_LOG_DAMAGED` when neither the tiles nor the records hold the leaves below */
  async node(level: number, index: number): Promise<Buffer> {
    return this.#capture.at({ level, index }) ?? this.#fromTiles(level, index);
  }

  #fromTiles(level: number, index: number): Promise<Buffer> {
    const place = `${level}/${index}`;
    const node = this.#known.get(place) ?? this.#tiles.node(level, index);
    this.#known.set(place, node);
    return node;
  }
}

function record(places: NodePlace[], place: NodePlace): Buffer {
  places.push(place);
  return Buffer.alloc(32);
}

async function* leavesOf(
  { folder, segments }: LeafFiles,
  from: number,
  to: number,
  tiled: number,
): AsyncGenerator<Buffer> {
  if (from < tiled) yield* new LeafTiles(folder).leaves(from, Math.min(tiled, to));
  let next = Math.max(from, tiled);
  if (next >= to) return;
  for await (const { line } of linesFrom(segments, next)) {
    yield Buffer.from(leafHash(line), 'hex');
    next += 1;
    if (next === to) return;
  }
}
