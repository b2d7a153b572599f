const ZERO = 0x30;
const NINE = 0x39;
/** The two digits of each byte as they stand in memory, the first in the lower half. */
const DIGITS = Uint16Array.from({ length: 256 }, (_, byte) => {
  const text = byte.toString(16).padStart(2, '0');
  return text.charCodeAt(0) | (text.charCodeAt(1) << 8);
});

/**
 * What the next record has to begin with: `{"v":1,"seq":<n>,"prev":"<hash>","id":"<stream>:<n>","time":"`.
 * Compared byte by byte, and counted up in place, since this runs for every record.
 */
export class RecordTemplate {
  readonly #stream: string;
  #head: Buffer;
  #tail: Buffer;
  #seq: number;

  constructor(stream: string, seq: number) {
    this.#stream = stream;
    this.#seq = seq;
    this.#head = headOf(seq);
    this.#tail = tailOf(stream, seq);
  }

  /** The number of bytes that it covers. */
  get length(): number {
    return this.#head.length + 64 + this.#tail.length;
  }

  /** Whether a line begins so, with the hash that stands at a place in memory. */
  matches(bytes: Buffer, at: number, memory: Buffer, hashAt: number): boolean {
    const hex = at + this.#head.length;
    return (
      isEqualAt(bytes, at, this.#head) &&
      isHexOf(bytes, hex, memory, hashAt) &&
      isEqualAt(bytes, hex + 64, this.#tail)
    );
  }

  /** Goes on to the next place. */
  advance(): void {
    this.#seq += 1;
    if (countUp(this.#head, this.#head.length - HEAD_END.length)) {
      countUp(this.#tail, this.#tail.length - TAIL_END.length);
      return;
    }
    this.#head = headOf(this.#seq);
    this.#tail = tailOf(this.#stream, this.#seq);
  }
}

const HEAD_END = ',"prev":"';
const TAIL_END = '","time":"';

function headOf(seq: number): Buffer {
  return Buffer.from(`{"v":1,"seq":${seq}${HEAD_END}`);
}

function tailOf(stream: string, seq: number): Buffer {
  return Buffer.from(`","id":"${stream}:${seq}${TAIL_END}`);
}

/** Whether bytes stand at a place of others. */
export function isEqualAt(bytes: Buffer, at: number, expected: Buffer): boolean {
  for (let index = 0; index < expected.length; index += 1) {
    if (bytes[at + index] !== expected[index]) return false;
  }
  return true;
}

function isHexOf(bytes: Buffer, at: number, memory: Buffer, hashAt: number): boolean {
  for (let index = 0; index < 32; index += 1) {
    const first = bytes[at + 2 * index] ?? 0;
    const second = bytes[at + 2 * index + 1] ?? 0;
    if (DIGITS[memory[hashAt + index] ?? 0] !== (first | (second << 8))) return false;
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
