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
import { systemErrorCode } from '../../../common/system-error-code.js';
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
  readonly path: string;
  readonly #fd: number;
  readonly #system: SegmentSystem;
  #size: number;

  /** @param flags `wx` for a new file, `a` for one whose size is known */
  constructor(path: string, flags: 'ax' | 'a', size: number, system: SegmentSystem = SYSTEM) {
    this.path = path;
    this.#fd = openSync(path, flags, 0o600);
    this.#size = size;
    this.#system = system;
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

  close(): void {
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

  /** Bytes that were flushed into a file which was removed, replaced or cut meanwhile are lost all the same. */
  #assertInPlace(size: number): void {
    const ours = fstatSync(this.#fd);
    const there = statOrNothing(this.path);
    if (!there) throw new SegmentFault('removed');
    if (there.ino !== ours.ino || there.dev !== ours.dev) throw new SegmentFault('replaced');
    if (ours.size < size) throw new SegmentFault('cut');
    if (ours.size > size) throw new SegmentFault('grown');
  }
}

function statOrNothing(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}
