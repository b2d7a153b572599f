import { type HashText, putHashDigits } from './hash-text.js';

const ZERO = 0x30;
const NINE = 0x39;
const NO_HASH = '0'.repeat(64);
const STEP_BYTES = 8;
const HEAD_END = ',"prev":"';
const TAIL_END = '","time":"';

/**
 * What the next record has to begin with: `{"v":1,"seq":<n>,"prev":"<hash>","id":"<stream>:<n>","time":"`.
 * Counted up in place, and compared eight bytes at a time, since this runs for every record.
 */
export class RecordTemplate {
  readonly #stream: string;
  #seq: number;
  #text: Buffer;
  #view: DataView;
  /** Where the hash stands in it. */
  #hashAt: number;

  /**
   * @param seq the place of the next record
   * @param prev the hash that it has to carry
   */
  constructor(stream: string, seq: number, prev: HashText) {
    this.#stream = stream;
    this.#seq = seq;
    this.#text = textOf(stream, seq);
    this.#view = viewOf(this.#text);
    this.#hashAt = hashAt(this.#text);
    putHashDigits(prev, this.#view, this.#hashAt);
  }

  /** The number of bytes that it covers. */
  get length(): number {
    return this.#text.length;
  }

  /** Whether a line begins so. */
  matches(bytes: DataView, at: number): boolean {
    const expected = this.#view;
    const { byteLength } = expected;
    if (at + byteLength > bytes.byteLength) return false;
    let index = 0;
    // Of ASCII, no eight bytes are a number that equals another one or is none.
    for (; index + STEP_BYTES <= byteLength; index += STEP_BYTES) {
      if (bytes.getFloat64(at + index, true) !== expected.getFloat64(index, true)) return false;
    }
    for (; index < byteLength; index += 1) {
      if (bytes.getUint8(at + index) !== expected.getUint8(index)) return false;
    }
    return true;
  }

  /** Goes on to the next place, whose record has to carry this hash. */
  advance(prev: HashText): void {
    this.#seq += 1;
    const isCounted = countUp(this.#text, this.#hashAt - HEAD_END.length);
    if (isCounted) countUp(this.#text, this.#text.length - TAIL_END.length);
    else this.#renew();
    putHashDigits(prev, this.#view, this.#hashAt);
  }

  /** The number has one digit more. */
  #renew(): void {
    this.#text = textOf(this.#stream, this.#seq);
    this.#view = viewOf(this.#text);
    this.#hashAt = hashAt(this.#text);
  }
}

function textOf(stream: string, seq: number): Buffer {
  const head = `{"v":1,"seq":${seq}${HEAD_END}`;
  return Buffer.from(`${head}${NO_HASH}","id":"${stream}:${seq}${TAIL_END}`);
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

function hashAt(text: Buffer): number {
  return text.indexOf(HEAD_END) + HEAD_END.length;
}

/** Whether bytes stand at a place of others. */
export function isEqualAt(bytes: Buffer, at: number, expected: Buffer): boolean {
  for (let index = 0; index < expected.length; index += 1) {
    if (bytes[at + index] !== expected[index]) return false;
  }
  return true;
}

/** Adds one to the decimal number that ends at a place; false where it needs one digit more. */
function countUp(text: Buffer, end: number): boolean {
  let at = end - 1;
  while (text[at] === NINE) {
    text[at] = ZERO;
    at -= 1;
  }
  const digit = text[at] ?? 0;
  if (digit < ZERO || digit > NINE) return false;
  text[at] = digit + 1;
  return true;
}
