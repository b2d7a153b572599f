import { MAX_LINE_BYTES } from './line-reader.js';
import type { Segment } from './log-folder.js';
import { openRegular, readAt } from './regular-file.js';

const LF = 0x0a;
const WINDOW_BYTES = 256 * 1024;

/**
 * The lines of a segment from the last to the first, in batches. What follows the last LF is left out; ends
 * where a line is too long for a record.
 *
 * @throws AuditError `AUDIT_LOG_UNREADABLE`
 */
export async function* backwardLines({ path, size }: Segment): AsyncGenerator<Buffer[]> {
  const handle = await openRegular(path);
  if (typeof handle === 'string') return;
  try {
    /** The end of a line whose beginning was not read yet. */
    let rest: Buffer | undefined;
    for (let end = size; end > 0; end -= WINDOW_BYTES) {
      const start = Math.max(0, end - WINDOW_BYTES);
      const window = await readAt(handle, start, end - start, path);
      const bytes = rest ? Buffer.concat([window, rest]) : wholeLines(window);
      if (!bytes) continue;
      const { lines, first } = split(bytes);
      yield start === 0 ? [...lines, first] : lines;
      if (first.length > MAX_LINE_BYTES) return;
      rest = first;
    }
  } finally {
    await handle.close();
  }
}

/** What stands before the last LF. */
function wholeLines(bytes: Buffer): Buffer | undefined {
  const end = bytes.lastIndexOf(LF);
  return end === -1 ? undefined : bytes.subarray(0, end);
}

/** The lines behind each LF, the last one first, and what stands before the first LF. */
function split(bytes: Buffer): { lines: Buffer[]; first: Buffer } {
  const lines: Buffer[] = [];
  let first = bytes;
  for (let lf = first.lastIndexOf(LF); lf !== -1; lf = first.lastIndexOf(LF)) {
    lines.push(first.subarray(lf + 1));
    first = first.subarray(0, lf);
  }
  return { lines, first };
}
