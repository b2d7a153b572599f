import { SYSTEM, type SegmentSystem } from '../../lib/audit/log/writer/segment-file.js';

/** Calls of the system that go wrong when told to. */
export class FaultySystem implements SegmentSystem {
  /** How many bytes the disk still takes. */
  room = Infinity;
  /** The code with which the next writes fail. */
  writeFails: string | undefined;
  /** How many of the next flushes fail. */
  syncFails = 0;
  /** Whether files cannot be cut. */
  isStuck = false;
  /** The descriptors whose flush failed, and which were flushed. */
  readonly failedFiles = new Set<number>();
  readonly syncedFiles: number[] = [];

  write(fd: number, bytes: Uint8Array, offset: number, length: number): number {
    if (this.writeFails !== undefined) throw codeError(this.writeFails);
    // As a real disk does: a part is taken first, and only the next call fails.
    if (this.room === 0 && length > 0) throw codeError('ENOSPC');
    const taken = Math.min(length, this.room);
    this.room -= taken;
    return SYSTEM.write(fd, bytes, offset, taken);
  }

  datasync(fd: number): void {
    this.syncedFiles.push(fd);
    if (this.syncFails > 0) {
      this.syncFails -= 1;
      this.failedFiles.add(fd);
      throw codeError('EIO');
    }
    SYSTEM.datasync(fd);
  }

  truncate(fd: number, size: number): void {
    if (this.isStuck) throw codeError('EIO');
    SYSTEM.truncate(fd, size);
  }
}

function codeError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}
