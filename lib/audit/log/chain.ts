import { leafHash } from './leaf-hash.js';

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

/** Puts version, place, link and id in front of a record's body. */
export function chainLine(stream: string, { nextSeq, prev }: ChainEnd, body: string): ChainedLine {
  const id = `${stream}:${nextSeq}`;
  const line = Buffer.from(
    `{"v":1,"seq":${nextSeq},"prev":"${prev}","id":"${id}",${body}\n`,
    'utf8',
  );
  const hash = leafHash(line.subarray(0, -1));
  return { line, id, leafHash: hash, end: { nextSeq: nextSeq + 1, prev: hash } };
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
