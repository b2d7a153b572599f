import { hash } from 'node:crypto';
import { BatchMemory } from './batch-memory.js';
import { leafHash } from './leaf-hash.js';

const LF = 0x0a;
/** What the log puts before a body and behind it, at the most: version, place, hash, id, LF. */
const MAX_PREFIX_BYTES = 256;

/** The end of a stream: what the next record continues from. */
export interface ChainEnd {
  /** The place of the next record. */
  readonly nextSeq: number;
  /** The leaf hash of the last record. */
  readonly prev: string;
}

/** A record with its place in the chain, ready to be written. */
export interface ChainedLine {
  readonly line: Buffer;
  readonly id: string;
  readonly leafHash: string;
  readonly end: ChainEnd;
}

/** What stands in front of a record's body: version, place, link and id. */
export function recordPrefix(stream: string, seq: number, prev: string): string {
  return `{"v":1,"seq":${seq},"prev":"${prev}","id":"${stream}:${seq}",`;
}

/** Puts version, place, link and id in front of a record's body. */
export function chainLine(stream: string, { nextSeq, prev }: ChainEnd, body: string): ChainedLine {
  const id = `${stream}:${nextSeq}`;
  const line = Buffer.from(`${recordPrefix(stream, nextSeq, prev)}${body}\n`, 'utf8');
  const prevOfNext = leafHash(line.subarray(0, -1));
  const end = { nextSeq: nextSeq + 1, prev: prevOfNext };
  return { line, id, leafHash: prevOfNext, end };
}

/** Records that are linked to each other, ready to be written together. */
export interface ChainedBodies {
  readonly firstSeq: number;
  /** Their lines, each with its LF; until the memory is taken for the next batch. */
  readonly bytes: Buffer;
  /** Their leaf hashes. */
  readonly hashes: readonly string[];
  readonly end: ChainEnd;
}

/**
 * Links bodies to a chain's end. Every line is encoded once, behind the byte that its leaf hash begins with,
 * and hashed where it lies; then that byte becomes the LF of the line before.
 */
export function chainBodies(
  stream: string,
  { nextSeq, prev }: ChainEnd,
  bodies: readonly string[],
  memory = new BatchMemory(),
): ChainedBodies {
  const space = memory.take(spaceFor(bodies));
  let [at, last] = [0, prev];
  const hashes = bodies.map((body, index) => {
    const start = at;
    at += space.write(`\0${recordPrefix(stream, nextSeq + index, last)}${body}`, at, 'utf8');
    last = hash('sha256', space.subarray(start, at), 'hex');
    space[start] = LF;
    return last;
  });
  space[at] = LF;
  const bytes = space.subarray(1, bodies.length === 0 ? 1 : at + 1);
  const end = { nextSeq: nextSeq + bodies.length, prev: last };
  return { firstSeq: nextSeq, bytes, hashes, end };
}

/** Enough bytes for the lines of these bodies. */
function spaceFor(bodies: readonly string[]): number {
  return bodies.reduce((sum, body) => sum + MAX_PREFIX_BYTES + Buffer.byteLength(body, 'utf8'), 1);
}

/** What the beginning of a line says about its place; `undefined` when it is no record. */
export function placeOf(line: Buffer): { seq: number; prev: string } | undefined {
  const text = line.toString('utf8');
  const [, seq = '', prev = ''] =
    /^\{"v":1,"seq":(0|[1-9]\d{0,15}),"prev":"([0-9a-f]{64})",/.exec(text) ?? [];
  return prev !== '' && !text.includes('\r') && isJson(text)
    ? { seq: Number(seq), prev }
    : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
