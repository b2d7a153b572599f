import { MAX_LINE_BYTES } from '../read/line-reader.js';
import { readExactly } from '../read/regular-file-sync.js';

const LF = 0x0a;
const WINDOW_BYTES = 256 * 1024;

/** A line that ends with LF. */
export interface EndedLine {
  /** Without its LF; `undefined` for one that is too long for a record. */
  readonly line: Buffer | undefined;
  /** Where in the file it begins. */
  readonly offset: number;
}

/**
 * The lines of a file from the last to the first; what follows the last LF is left out. Memory does not grow
 * with the file or its lines.
 */
export function* linesBackwards(fd: number, size: number): Generator<EndedLine> {
  /** The end of a line whose beginning was not read yet; `undefined` when it is too long already. */
  let rest: Buffer | undefined = Buffer.alloc(0);
  let hasEnd = false;
  for (let end = size; end > 0; end -= WINDOW_BYTES) {
    const start = Math.max(0, end - WINDOW_BYTES);
    const window = readExactly(fd, start, end - start);
    let to = window.length;
    for (let lf = lastLf(window, to); lf !== -1; lf = lastLf(window, to)) {
      const line = joined(window.subarray(lf + 1, to), rest);
      if (hasEnd) yield { line, offset: start + lf + 1 };
      [hasEnd, to, rest] = [true, lf, Buffer.alloc(0)];
    }
    rest = joined(window.subarray(0, to), rest);
  }
  if (hasEnd) yield { line: rest, offset: 0 };
}

function lastLf(bytes: Buffer, before: number): number {
  return before === 0 ? -1 : bytes.lastIndexOf(LF, before - 1);
}

function joined(beginning: Buffer, end: Buffer | undefined): Buffer | undefined {
  if (!end || beginning.length + end.length > MAX_LINE_BYTES) return undefined;
  return end.length === 0 ? beginning : Buffer.concat([beginning, end]);
}
