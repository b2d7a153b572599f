/** What the beginning of a line claims about its place. */
export interface RecordPlace {
  readonly seq: number;
  /** 64 hexadecimal digits. */
  readonly prev: string;
  readonly stream: string;
}

const PLACE =
  /^\{"v":1,"seq":(0|[1-9]\d{0,15}),"prev":"([0-9a-f]{64})","id":"([0-9a-z-]{10,15}):\1","time":"([0-9TZ:.+-]{24,27})","event":"/;
const LONGEST_PLACE = 256;

/** Reads the place out of a line; `undefined` for what is no record. */
export function recordPlace(line: Buffer): RecordPlace | undefined {
  const text = line.toString('latin1', 0, LONGEST_PLACE);
  const [, seq = '', prev = '', stream = ''] = PLACE.exec(text) ?? [];
  const place = { seq: Number(seq), prev, stream };
  return prev !== '' && Number.isSafeInteger(place.seq) ? place : undefined;
}

/** The time of a record; `undefined` for what is no record. */
export function recordTime(line: Buffer): string | undefined {
  return PLACE.exec(line.toString('latin1', 0, LONGEST_PLACE))?.[4];
}
