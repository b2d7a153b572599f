import {
  checkpointText,
  cosignatureLine,
  genesisLink,
  leafOf,
  leafTilePath,
  newKey,
  originOf,
  signedNote,
  TestTree,
  vkeyOf,
  WITNESS_NAME,
  type TestKey,
  type TestSigner,
} from './audit-log-format.js';

/** How a stream is to be. */
export interface StreamPlan {
  readonly name?: string;
  /** @default 100 */
  readonly records?: number;
  /** The sizes at which an epoch ended. @default [30, 60] */
  readonly statements?: readonly number[];
  /** The size of the newest checkpoint. @default all records */
  readonly signed?: number;
  /** The first records of the segments. @default [0, 40, 80] */
  readonly segments?: readonly number[];
  /** The sizes of the checkpoints that the directory anchor holds. @default [20, 50, 100] */
  readonly anchored?: readonly number[];
  /** The sizes of the checkpoints that a witness has cosigned. @default none */
  readonly cosigned?: readonly number[];
  /** The first record that is left; those before are pruned. Needs the record that says so. @default 0 */
  readonly prunedTo?: number;
  /** Whether the tiles of all leaves are there, and not only those of pruned records. */
  readonly tiles?: 'all' | 'pruned';
  /** Whether the newest checkpoint is that of a clean shutdown. */
  readonly ending?: 'closed' | 'open';
  /** When it begins, in milliseconds. */
  readonly start?: number;
  /** The time from one record to the next. @default 100 */
  readonly recordMs?: number;
  /** What a record says beside its place and its time. */
  readonly fields?: (seq: number) => Readonly<Record<string, unknown>>;
}

const PLACE = /^\{"v":1,"seq":\d+,"prev":"[0-9a-f]{64}","id":"[^"]*",/;

/** One stream with all its keys. Everything that stands on the disk may be changed. */
export class TestStream {
  readonly name: string;
  readonly identity = newKey();
  /** One more than epochs have ended: the last one is the current one. */
  readonly epochs: TestKey[];
  /** The sizes at which they ended. */
  readonly ends: readonly number[];
  /** Leaves the tiles out, also those of pruned records. */
  withoutTiles = false;
  readonly #witness: TestKey;
  readonly #start: number;
  readonly #recordMs: number;
  readonly #tiles: 'all' | 'pruned';
  readonly end: number;
  lines: string[] = [];
  /** The bytes behind the last record of a segment, by its first record. */
  surplus = new Map<number, Buffer>();
  segments: number[];
  prunedTo: number;
  statements: string[];
  checkpoint: string;
  anchored: string[];
  cosigned: string[];
  genesis: string;
  #leaves: Buffer[] = [];

  constructor(plan: StreamPlan, witness: TestKey) {
    const { records = 100, statements = [30, 60], segments = [0, 40, 80] } = plan;
    const { signed = records, anchored = [20, 50, 100], cosigned = [] } = plan;
    this.name = plan.name ?? '0-stream00';
    this.#witness = witness;
    this.#start = plan.start ?? Date.parse('2026-11-27T02:00:00.000Z');
    this.#recordMs = plan.recordMs ?? 100;
    this.#tiles = plan.tiles ?? 'pruned';
    this.end = this.timeAt(signed);
    this.segments = [...segments];
    this.prunedTo = plan.prunedTo ?? 0;
    this.epochs = [...statements, 0].map(newKey);
    this.ends = statements;
    this.genesis = genesisText(this.name, this.epochs[0]);
    for (let seq = 0; seq < records; seq += 1) this.append(plan.fields?.(seq));
    this.statements = statements.map((size, epoch) => this.statementNote(size, epoch));
    const extension = plan.ending === 'closed' ? 'closed' : undefined;
    this.checkpoint = this.note(signed, statements.length, extension);
    const epochOf = (size: number): number => statements.filter((end) => end < size).length;
    this.anchored = anchored.map((size) => this.note(size, epochOf(size)));
    this.cosigned = cosigned.map((size) => this.cosignedNote(size, epochOf(size)));
  }

  /** The key of the epoch that has not ended. */
  get currentKey(): TestKey {
    return at(this.epochs, this.epochs.length - 1);
  }

  timeAt(size: number): number {
    return this.#start + size * this.#recordMs;
  }

  /** Adds a record that continues the chain. */
  append(fields: Readonly<Record<string, unknown>> = {}): void {
    const { event = 'authn_login_success', level = 'info', ...others } = fields;
    const seq = this.lines.length;
    const time = new Date(this.timeAt(seq)).toISOString();
    const body = JSON.stringify({ time, event, level, outcome: 'success', ...others }).slice(1);
    this.#push(`${this.placeText(seq)}${body}`);
  }

  /** What a record at a place begins with. */
  placeText(seq: number): string {
    const prev =
      seq === 0 ? genesisLink(this.name, at(this.epochs, 0).publicKey) : at(this.leaves(), seq - 1);
    return `{"v":1,"seq":${seq},"prev":"${prev.toString('hex')}","id":"${this.name}:${seq}",`;
  }

  /** Makes the records from a place on continue the chain again, as whoever changed one would. */
  relink(from: number): void {
    const rest = this.lines.splice(from);
    this.#leaves.length = Math.min(from, this.#leaves.length);
    for (const line of rest) this.#push(line.replace(PLACE, this.placeText(this.lines.length)));
  }

  /** Removes the records from a place on. */
  truncate(size: number): void {
    this.lines.length = size;
    this.#leaves.length = size;
    this.segments = this.segments.filter((first) => first === 0 || first < size);
  }

  /** Replaces the leaf hash of a record whose line is not on the disk. */
  changeLeaf(seq: number): void {
    this.#leaves[seq] = leafOf('a record that never was');
  }

  leaves(): readonly Buffer[] {
    for (let seq = this.#leaves.length; seq < this.lines.length; seq += 1) {
      this.#leaves.push(leafOf(at(this.lines, seq)));
    }
    return this.#leaves;
  }

  rootAt(size: number): Buffer {
    const tree = new TestTree();
    for (const leaf of this.leaves().slice(0, size)) tree.append(leaf);
    return tree.root();
  }

  /** Who signs the notes of an epoch, unless somebody else does. */
  signers(epoch: number, key = at(this.epochs, epoch)): TestSigner[] {
    const origin = originOf(this.name);
    const claimed = at(this.epochs, epoch).publicKey;
    return [
      { name: `${origin}/epoch/${epoch}`, key, claimed },
      { name: origin, key: this.identity },
    ];
  }

  text(size: number, epoch: number, extension?: string, time = this.timeAt(size)): string {
    const root = this.rootAt(size);
    return checkpointText({
      stream: this.name,
      size,
      root,
      epoch,
      time,
      ...(extension !== undefined && { extension }),
    });
  }

  /** A checkpoint over the records as they are now. */
  note(size: number, epoch: number, extension?: string, signers = this.signers(epoch)): string {
    return signedNote(this.text(size, epoch, extension), signers);
  }

  /** A note over any text. */
  signed(text: string, epoch: number): string {
    return signedNote(text, this.signers(epoch));
  }

  statementNote(size: number, epoch: number, signers = this.signers(epoch)): string {
    const next = at(this.epochs, epoch + 1).publicKey.toString('base64');
    return this.note(size, epoch, `next ${next}`, signers);
  }

  cosignedNote(
    size: number,
    epoch: number,
    seconds = Math.floor(this.timeAt(size) / 1000),
  ): string {
    const witness = { name: WITNESS_NAME, key: this.#witness };
    return `${this.note(size, epoch)}${cosignatureLine(witness, this.text(size, epoch), seconds)}`;
  }

  /** The files of the stream's folder. */
  files(): Map<string, string | Buffer> {
    const noteFile = (notes: readonly string[]): string =>
      notes.map((note) => `${note}\n`).join('');
    return new Map<string, string | Buffer>([
      ['genesis.json', this.genesis],
      ['identity.vkey', `${vkeyOf(originOf(this.name), this.identity.publicKey)}\n`],
      ['checkpoint', this.checkpoint],
      ['epochs.notes', noteFile(this.statements)],
      ...(this.cosigned.length > 0 ? [['cosigned.notes', noteFile(this.cosigned)] as const] : []),
      ['frontier.json', '{}'],
      ['torn-12-0123456789abcdef.bin', 'left by a crash'],
      ...this.#segmentFiles(),
      ...this.#tileFiles(),
    ]);
  }

  /** The files of the key folder: what is left there of the keys. */
  keyFiles(): Map<string, string> {
    const pem = ({ privateKey }: TestKey): string =>
      privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    return new Map([
      [`${this.name}.${this.epochs.length - 1}.pem`, pem(this.currentKey)],
      [`${this.name}.identity.pem`, pem(this.identity)],
    ]);
  }

  #push(line: string): void {
    this.leaves();
    this.lines.push(line);
    this.#leaves.push(leafOf(line));
  }

  #segmentFiles(): [string, Buffer][] {
    return this.segments.flatMap((first, index): [string, Buffer][] => {
      if (first < this.prunedTo) return [];
      const lines = this.lines.slice(first, this.segments[index + 1]);
      const text = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const surplus = this.surplus.get(first) ?? Buffer.alloc(0);
      return [[segmentName(first), Buffer.concat([text, surplus])]];
    });
  }

  #tileFiles(): [string, Buffer][] {
    if (this.withoutTiles) return [];
    const leaves = this.#tiles === 'all' ? this.leaves() : this.leaves().slice(0, this.prunedTo);
    const tiles: [string, Buffer][] = [];
    for (let from = 0; from < leaves.length; from += 256) {
      const tile = leaves.slice(from, from + 256);
      tiles.push([leafTilePath(from / 256, tile.length), Buffer.concat(tile)]);
    }
    return tiles;
  }
}

/** The name of the segment that begins with a record. */
export function segmentName(first: number): string {
  return `seg-${String(first).padStart(16, '0')}.jsonl`;
}

function genesisText(stream: string, key: TestKey | undefined): string {
  const publicKey = key?.publicKey.toString('base64') ?? '';
  return `{"v":1,"stream":"${stream}","publicKey":"${publicKey}"}\n`;
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`there is no item ${index}`);
  return item;
}
