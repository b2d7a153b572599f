import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  openSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { chainBodies, type ChainEnd } from '../lib/audit/log/chain.js';
import { FileAuditLog } from '../lib/audit/log/file-audit-log.js';
import { genesisHash } from '../lib/audit/log/leaf-hash.js';
import { readGenesis } from '../lib/audit/log/verify/stream-identity.js';
import { findLogEnd } from '../lib/audit/log/writer/log-end.js';
import { listSegments, segmentFile } from '../lib/audit/log/writer/segment-names.js';
import { WRITER_LIMITS } from '../lib/audit/log/writer/writer-setup.js';

const BATCH = 4000;

/** A log that was made faster than it could be recorded: its lines are chained and written at once. */
export class BigLog {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async begin(directory: string): Promise<BigLog> {
    const log = new BigLog(directory);
    await log.open();
    return log;
  }

  /** Appends records until there are so many, or so many bytes, then lets the log sign them. */
  async grow(until: { readonly records?: number; readonly bytes?: number }): Promise<void> {
    const { records = Infinity, bytes: mostBytes = Infinity } = until;
    const stream = this.stream;
    let end = await this.#end();
    let size = this.bytes;
    let segment = listSegments(this.folder).at(-1)?.file ?? segmentFile(0);
    let segmentBytes = 0;
    while (end.nextSeq < records && size < mostBytes) {
      const count = Math.min(BATCH, records - end.nextSeq);
      const bodies = Array.from({ length: count }, (_, n) => bodyOf(end.nextSeq + n));
      if (segmentBytes >= WRITER_LIMITS.segmentBytes) segment = segmentFile(end.nextSeq);
      const { bytes, end: next } = chainBodies(stream, end, bodies);
      segmentBytes = appended(join(this.folder, segment), bytes);
      size += bytes.length;
      end = next;
    }
    await this.open();
  }

  /** Opens it as a process does that starts, records something, and closes it. @returns how long opening took, in ms */
  async open(): Promise<number> {
    const log = new FileAuditLog(this.directory);
    const began = performance.now();
    await log.open();
    const took = performance.now() - began;
    await log.append(bodyOf(0));
    await log.close();
    return took;
  }

  get stream(): string {
    const [name] = readdirSync(this.directory).filter((each) => each !== 'keys');
    if (name === undefined) throw new Error('no stream');
    return name;
  }

  get folder(): string {
    return join(this.directory, this.stream);
  }

  /** The paths of its segments, in order. */
  get segments(): string[] {
    return listSegments(this.folder).map(({ file }) => join(this.folder, file));
  }

  get bytes(): number {
    return this.segments.reduce((sum, path) => sum + statSync(path).size, 0);
  }

  async #end(): Promise<ChainEnd> {
    const key = await readGenesis(this.folder, this.stream);
    if (typeof key === 'string') throw new Error(key);
    const genesis = genesisHash(this.stream, key);
    return findLogEnd(this.folder, listSegments(this.folder), genesis).end;
  }
}

/** Waits for the disk, so that it has nothing left to do when something else is measured. @returns the size */
function appended(path: string, bytes: Buffer): number {
  const fd = openSync(path, 'a', 0o600);
  try {
    writeFileSync(fd, bytes);
    fdatasyncSync(fd);
    return fstatSync(fd).size;
  } finally {
    closeSync(fd);
  }
}

/** Gives lines of some 400 bytes. */
function bodyOf(n: number): string {
  const time = new Date(1_795_744_800_000 + n).toISOString();
  const user = `"actor":{"type":"user","id":"u-${n % 5000}","pseudo":"p1.now.Zx8TqYbQ2m0sVw4LkR1nUa"}`;
  const what = `"http":{"method":"POST","route":"/sessions"}`;
  return `"time":"${time}","event":"authn_login_success","level":"info","outcome":"success",${user},${what}}`;
}
