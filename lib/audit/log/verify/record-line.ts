import { isUtf8 } from 'node:buffer';
import { MAX_LINE_BYTES } from '../read/line-reader.js';

const LF = 0x0a;
const CR = 0x0d;
const BRACE = 0x7d;

/**
 * Whether bytes can be a record without its line end. What stands between its beginning and its last brace is
 * not parsed: that takes longer than all else, and adds nothing to what was signed.
 */
export function isRecordLine(line: Buffer): boolean {
  return (
    line.length <= MAX_LINE_BYTES &&
    line[line.length - 1] === BRACE &&
    !line.includes(LF) &&
    !line.includes(CR) &&
    isUtf8(line)
  );
}
