import { BreachCheckError } from './breach-check.error.js';

/** Reads bytes from a position on; fewer than asked for only where the file ends. */
export type ReadAt = (position: number, length: number) => Promise<Buffer>;

interface Entry {
  readonly hash: string;
  readonly count: number;
}

const LINE = /^([0-9A-F]{40}):([0-9]{1,10})\r?$/;
/** 40 digits, a colon, 10 digits, CR and LF. */
const MAX_LINE_BYTES = 53;
/** So little is read as a whole and searched from its beginning. */
const BLOCK_BYTES = 4096;
/** Before every hash, and behind. */
const [LOWEST, HIGHEST] = ['', 'G'];

/**
 * Finds the count of a hash in lines of `HASH:COUNT` that are ordered by hash; 0 when it is not there. Halves
 * the file until one block is left. Every line that is looked at must be one and stand in order with those
 * looked at before, so that a file of another kind is found out rather than believed.
 *
 * @param sha1 40 upper-case hexadecimal digits
 * @param size of the file, in bytes
 * @throws BreachCheckError `file-malformed`
 */
export async function findInSorted(sha1: string, size: number, readAt: ReadAt): Promise<number> {
  if (size === 0) throw malformed();
  // The line that is sought begins at `start` or later and before `end`, its hash between the two others.
  let [start, end] = [0, size];
  let [below, above] = [LOWEST, HIGHEST];
  while (end - start > BLOCK_BYTES) {
    const middle = Math.floor((start + end) / 2);
    const { line, position } = await lineAfter(middle, readAt);
    const { hash, count } = parseBetween(line, below, above);
    if (hash === sha1) return count;
    if (hash < sha1) [start, below] = [position + line.length + 1, hash];
    else [end, above] = [middle + 1, hash];
  }
  const block = await readAt(start, end - start + MAX_LINE_BYTES);
  return scan(sha1, linesOf(block.toString('latin1'), end - start), below, above);
}

/** Reads all lines, so that every one of them is known to be in order. */
function scan(sha1: string, lines: readonly string[], below: string, above: string): number {
  let last = below;
  let found = 0;
  for (const line of lines) {
    const { hash, count } = parseBetween(line, last, above);
    if (hash === sha1) found = count;
    last = hash;
  }
  return found;
}

/** The lines that begin before an offset. */
function linesOf(text: string, end: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(end, text.length);) {
    const next = text.indexOf('\n', at);
    const line = text.slice(at, next === -1 ? undefined : next);
    lines.push(line);
    at += line.length + 1;
  }
  return lines;
}

/** The first line that begins behind a position, and where. */
async function lineAfter(position: number, readAt: ReadAt) {
  const text = (await readAt(position, 2 * MAX_LINE_BYTES)).toString('latin1');
  const begin = text.indexOf('\n') + 1;
  const end = text.indexOf('\n', begin);
  if (begin === 0) throw malformed();
  return { position: position + begin, line: text.slice(begin, end === -1 ? undefined : end) };
}

function parseBetween(line: string, below: string, above: string): Entry {
  const [, hash = '', count = ''] = LINE.exec(line) ?? [];
  if (!(hash > below && hash < above)) throw malformed();
  return { hash, count: Number(count) };
}

function malformed(): BreachCheckError {
  return new BreachCheckError('file-malformed');
}
