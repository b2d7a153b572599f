import { DIGITS_OF_A_HASH, hasHashDigits, type HashText } from './hash-text.js';

const ZERO = 0x30;
const NINE = 0x39;
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
  #prev: HashText;
  /** What stands before the hash, and behind it. */
  #head: Part;
  #tail: Part;

  /**
   * @param seq the place of the next record
   * @param prev the hash that it has to carry
   */
  constructor(stream: string, seq: number, prev: HashText) {
    this.#stream = stream;
    this.#seq = seq;
    this.#prev = prev;
    [this.#head, this.#tail] = partsOf(stream, seq);
  }

  /** The number of bytes that it covers. */
  get length(): number {
    return this.#head.bytes.length + DIGITS_OF_A_HASH + this.#tail.bytes.length;
  }

  /** Whether a line begins so. */
  matches(bytes: DataView, at: number): boolean {
    if (at + this.length > bytes.byteLength) return false;
    const prev = at + this.#head.bytes.length;
    return (
      hasPart(bytes, at, this.#head.view) &&
      hasPart(bytes, prev + DIGITS_OF_A_HASH, this.#tail.view) &&
      hasHashDigits(bytes, prev, this.#prev)
    );
  }

  /** Goes on to the next place, whose record has to carry this hash. */
  advance(prev: HashText): void {
    this.#prev = prev;
    this.#seq += 1;
    const isCounted =
      countUp(this.#head.bytes, HEAD_END.length) && countUp(this.#tail.bytes, TAIL_END.length);
    // The number has one digit more.
    if (!isCounted) [this.#head, this.#tail] = partsOf(this.#stream, this.#seq);
  }
}

/** Some of what a record begins with. */
interface Part {
  readonly bytes: Buffer;
  readonly view: DataView;
}

function partsOf(stream: string, seq: number): [Part, Part] {
  return [part(`{"v":1,"seq":${seq}${HEAD_END}`), part(`","id":"${stream}:${seq}${TAIL_END}`)];
}

function part(text: string): Part {
  const bytes = Buffer.from(text);
  const { buffer, byteOffset, length } = bytes;
  return { bytes, view: new DataView(buffer, byteOffset, length) };
}

/** Whether a part stands at a place. No part is shorter than a step. */
function hasPart(bytes: DataView, at: number, expected: DataView): boolean {
  const last = expected.byteLength - STEP_BYTES;
  // Of ASCII, no eight bytes are a number that equals another one or is none.
  for (let index = 0; index < last; index += STEP_BYTES) {
    if (bytes.getFloat64(at + index, true) !== expected.getFloat64(index, true)) return false;
  }
  return bytes.getFloat64(at + last, true) === expected.getFloat64(last, true);
}

/** Adds one to the decimal number that stands before the last bytes; false where it needs one digit more. */
function countUp(text: Buffer, behind: number): boolean {
  let at = text.length - behind - 1;
  while (text[at] === NINE) {
    text[at] = ZERO;
    at -= 1;
  }
  const digit = text[at] ?? 0;
  if (digit < ZERO || digit > NINE) return false;
  text[at] = digit + 1;
  return true;
}
