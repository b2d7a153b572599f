import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  statSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { basename } from 'node:path';
import { systemErrorCode } from '../../../common/system-error-code.js';
import { tryToRemove } from './durable-sync.js';
import { nameSegment } from './name-segment.js';
import { SegmentFault, writeFault } from './segment-fault.js';

/** The calls of the system that a segment makes: those of `node:fs`, or others in a test. */
export interface SegmentSystem {
  write(fd: number, bytes: Uint8Array, offset: number, length: number): number;
  datasync(fd: number): void;
  truncate(fd: number, size: number): void;
}

/** The real ones. */
export const SYSTEM: SegmentSystem = Object.freeze({
  write: (fd: number, bytes: Uint8Array, offset: number, length: number) =>
    writeSync(fd, bytes, offset, length),
  datasync: (fd: number) => fdatasyncSync(fd),
  truncate: (fd: number, size: number) => ftruncateSync(fd, size),
});

/**
 * A segment that is being written. Works synchronously: in the writer thread nothing else waits for it,
 * and no queue of the process stands before it.
 */
export class SegmentFile {
  readonly #path: string;
  readonly #fd: number;
  /** Which file it is, as long as it is open. */
  readonly #file: Pick<Stats, 'ino' | 'dev'>;
  readonly #system: SegmentSystem;
  #size: number;
  /** Where it is until its first records are in it. */
  #unfinished: string | undefined;

  /** @param size of one that is there already, up to where it is whole */
  constructor(path: string, size: number | undefined, system: SegmentSystem = SYSTEM) {
    this.#path = path;
    const isNew = size === undefined;
    if (isNew) this.#unfinished = `${path}.${randomBytes(8).toString('hex')}.new`;
    this.#fd = openSync(this.path, isNew ? 'ax' : 'a', 0o600);
    this.#file = fstatSync(this.#fd);
    this.#size = size ?? 0;
    this.#system = system;
  }

  /** Where it is now. */
  get path(): string {
    return this.#unfinished ?? this.#path;
  }

  /** The name that it has, or is to have. */
  get name(): string {
    return basename(this.#path);
  }

  /** Where its last whole record ends, in bytes. */
  get size(): number {
    return this.#size;
  }

  /**
   * Appends whole records and returns when the disk has them.
   *
   * @throws SegmentFault when it has not
   */
  append(bytes: Uint8Array): void {
    this.#write(bytes);
    try {
      this.#system.datasync(this.#fd);
    } catch (error) {
      // The kernel may have dropped the pages and call the next attempt a success.
      throw new SegmentFault('sync', systemErrorCode(error));
    }
    this.#assertInPlace(this.#size + bytes.length);
    if (this.#unfinished !== undefined) this.#giveName(this.#unfinished);
    this.#size += bytes.length;
  }

  /** Takes off what was written behind the last whole record, as far as the disk allows. */
  withdraw(): void {
    try {
      this.#system.truncate(this.#fd, this.#size);
    } catch {
      throw new SegmentFault('stuck');
    }
  }

  /** Lets go of the file, and removes one that took nothing. */
  close(): void {
    if (this.#unfinished !== undefined) tryToRemove(this.#unfinished);
    try {
      closeSync(this.#fd);
    } catch {
      // After a failed write, closing may fail as well; there is nothing left to lose.
    }
  }

  #write(bytes: Uint8Array): void {
    try {
      for (let written = 0; written < bytes.length;) {
        const count = this.#system.write(this.#fd, bytes, written, bytes.length - written);
        // A full disk shows as a short count first, and as an error only on the next write.
        if (count === 0) throw new SegmentFault('full');
        written += count;
      }
    } catch (error) {
      this.withdraw();
      throw writeFault(error);
    }
  }

  /**
   * A segment is not to be seen without its first records: they tell of what the one before may have behind
   * its last.
   */
  #giveName(unfinished: string): void {
    try {
      nameSegment(unfinished, this.#path);
      this.#unfinished = undefined;
    } catch (error) {
      this.withdraw();
      throw writeFault(error);
    }
  }

  /** Bytes that were flushed into a file which was removed, replaced or cut meanwhile are lost all the same. */
  #assertInPlace(size: number): void {
    const there = statSync(this.path, { throwIfNoEntry: false });
    if (!there) throw new SegmentFault('removed');
    const { ino, dev } = this.#file;
    if (there.ino !== ino || there.dev !== dev) throw new SegmentFault('replaced');
    if (there.size < size) throw new SegmentFault('cut');
    if (there.size > size) throw new SegmentFault('grown');
  }
}
