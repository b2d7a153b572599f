import { readSync } from 'node:fs';

const LF = 0x0a;
const FIRST_WINDOW = 256 * 1024;

/** The last part of a file, cut at line ends; what follows the last LF is left out. */
export interface Tail {
  /** Complete lines, without their LF. */
  readonly lines: readonly Buffer[];
  /** Where in the file the first of them begins. */
  readonly offset: number;
}

/**
 * Reads a file from its end, ever larger parts of it, until a part satisfies; the whole file at the
 * most.
 *
 * @param take gives a result for a part that is large enough, `undefined` to be shown more
 */
export function readTail<T>(
  fd: number,
  size: number,
  take: (tail: Tail, isWhole: boolean) => T | undefined,
): T | undefined {
  for (let window = FIRST_WINDOW; ; window *= 8) {
    const start = Math.max(0, size - window);
    const taken = take(splitLines(readExactly(fd, start, size - start), start), start === 0);
    if (taken !== undefined || start === 0) return taken;
  }
}

/** Reads so many bytes, fewer only where the file ends. */
export function readExactly(fd: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const count = readSync(fd, buffer, read, length - read, position + read);
    if (count === 0) break;
    read += count;
  }
  return buffer.subarray(0, read);
}

function splitLines(bytes: Buffer, start: number): Tail {
  // A part from the middle of the file begins within a line, which is left out.
  const first = start === 0 ? 0 : bytes.indexOf(LF) + 1;
  const lines: Buffer[] = [];
  let from = first;
  for (let end = bytes.indexOf(LF, from); end !== -1; end = bytes.indexOf(LF, from)) {
    lines.push(bytes.subarray(from, end));
    from = end + 1;
  }
  return { lines, offset: start + first };
}
