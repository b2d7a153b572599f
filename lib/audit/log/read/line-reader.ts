import type { FileHandle } from 'node:fs/promises';
import { MAX_TORN_BYTES } from '../max-torn-bytes.js';
import { readInto } from './regular-file.js';
import { readIntoSync } from './regular-file-sync.js';

const LF = 0x0a;
/** The longest record, without its LF. */
export const MAX_LINE_BYTES = 65_535;
/** What stays in a processor's cache from the reading to the hashing. */
const CHUNK_BYTES = 256 * 1024;

/** Where to read in a file. */
export interface Stretch {
  readonly path: string;
  /** The lines that begin from here on, … */
  readonly from: number;
  /** … but not those that begin here or later. */
  readonly to: number;
  /** The length of the file, as far as it counts. */
  readonly end: number;
}

/**
 * Reads the lines of a stretch of a file into one piece of memory, some of them at a time. In front of a line
 * there always is a byte that may be overwritten, so that a record can be hashed with its prefix in place.
 */
export class LineReader {
  readonly bytes = Buffer.allocUnsafeSlow(1 + CHUNK_BYTES);
  /** All of their memory: to ask a buffer for it takes as long as a short search in it. */
  readonly memory = this.bytes.buffer;
  /** The same for who compares more than a byte at a time. */
  readonly view = new DataView(this.memory);
  readonly #handle: FileHandle;
  readonly #stretch: Stretch;
  /** Where in `bytes` the next line begins. */
  start = 1;
  /** Where in `bytes` that ends what was read. */
  #filled = 1;
  /** Where in the file that is. */
  #position: number;

  constructor(handle: FileHandle, stretch: Stretch) {
    this.#handle = handle;
    this.#stretch = stretch;
    this.#position = Math.max(0, stretch.from - 1);
  }

  /** What was read and is not taken yet, and all before it. */
  get filled(): Buffer {
    return this.bytes.subarray(0, this.#filled);
  }

  /** Where in `bytes` the first line begins that is not of this stretch. */
  get stop(): number {
    return this.#filled - (this.#position - this.#stretch.to);
  }

  /** Where in the file a place of `bytes` is. */
  offsetOf(index: number): number {
    return this.#position - (this.#filled - index);
  }

  /** Where in `bytes` the next line ends; -1 when its LF was not read. */
  lineEnd(): number {
    return this.filled.indexOf(LF, this.start);
  }

  /** Whether more bytes than a line may have are waiting for their LF. */
  get isLineTooLong(): boolean {
    return this.start < this.stop && this.#filled - this.start > MAX_LINE_BYTES;
  }

  /**
   * Whether the line that is too long is none, but what a crash has left of a write: no LF follows it in the
   * file. Reads on without keeping anything.
   */
  async isTorn(): Promise<boolean> {
    const { path, end } = this.#stretch;
    if (this.lineEnd() !== -1 || end - this.offsetOf(this.start) > MAX_TORN_BYTES) return false;
    const rest = Buffer.allocUnsafe(end - this.#position);
    const count = await readInto(this.#handle, rest, this.#position, path);
    return !rest.subarray(0, count).includes(LF);
  }

  /** Goes to the first line that begins in the stretch; false when there is none. */
  async begin(): Promise<boolean> {
    await this.fill();
    if (this.#stretch.from === 0) return true;
    const lf = this.filled.subarray(0, 1 + 1 + MAX_LINE_BYTES).indexOf(LF, 1);
    // Whoever reads the stretch before this one finds that a line is too long.
    if (lf === -1) return false;
    this.start = lf + 1;
    return this.start < this.stop;
  }

  /** Reads on; false when nothing is left. */
  async fill(): Promise<boolean> {
    const space = this.#makeSpace();
    return this.#fill(await readInto(this.#handle, space, this.#position, this.#stretch.path));
  }

  /** The same without a detour through other threads, which takes as long as the reading. */
  fillSync(): boolean {
    const space = this.#makeSpace();
    return this.#fill(readIntoSync(this.#handle.fd, space, this.#position, this.#stretch.path));
  }

  /** Makes room behind what is not taken yet. */
  #makeSpace(): Buffer {
    const kept = this.#filled - this.start;
    this.bytes.copyWithin(1, this.start, this.#filled);
    this.start = 1;
    this.#filled = 1 + kept;
    return this.bytes.subarray(this.#filled, this.#filled + this.#stretch.end - this.#position);
  }

  #fill(count: number): boolean {
    this.#filled += count;
    this.#position += count;
    return count > 0;
  }
}
