import { isUtf8 } from 'node:buffer';
import { CompactRange } from './compact-range.js';
import { eventAt } from './event-at.js';
import { hashText, hashTextBytes, hashTextOf } from './hash-text.js';
import { isEqualAt } from './is-equal-at.js';
import { MAX_LINE_BYTES, type LineReader } from '../read/line-reader.js';
import { recordFault, type RecordFault } from './record-fault.js';
import { isRecordLine } from './record-line.js';
import { recordMark, type RecordMark } from './record-mark.js';
import { recordPlace, recordTime } from '../read/record-place.js';
import { RecordTemplate } from './record-template.js';
import type { RecordsResult, RecordsTask } from './records-task.js';
import { SizeCursor } from './size-cursor.js';

const LF = 0x0a;
const CR = 0x0d;
const BRACE = 0x7d;
const LEAF_PREFIX = 0x00;
const OF_THE_LOG = Buffer.from('audit_');
const NO_RECORD = Buffer.alloc(0);
const NO_HASH = hashTextOf(Buffer.alloc(32));

/** Takes the records of a stretch one after the other. What it does for each is what verification costs. */
export class RecordScanner {
  readonly #task: RecordsTask;
  readonly #sizes: SizeCursor;
  readonly #marks: RecordMark[] = [];
  readonly #cuts: number[] = [];
  readonly #nodes: Buffer[] = [];
  #first: RecordsResult['first'];
  #template = new RecordTemplate('', 0, NO_HASH);
  #range = new CompactRange(0);
  /** The hash that the next record has to carry as `prev`. */
  #link = NO_HASH;
  #nextCut = Infinity;
  #lastOffset = 0;
  #endOffset = 0;
  #lastTime = '';
  #fault: RecordFault | undefined;

  constructor(task: RecordsTask) {
    this.#task = task;
    this.#sizes = new SizeCursor(task.sizes);
  }

  /** Whether the end of the segment's records was reached, or a fault. */
  get isDone(): boolean {
    const isAtLimit = this.#first !== undefined && this.#range.end >= this.#task.limit;
    return isAtLimit || this.#fault !== undefined;
  }

  /** Takes the whole lines that a reader has. */
  take(reader: LineReader): void {
    const { filled, stop } = reader;
    const isUsual = hasUsualLines(filled.subarray(reader.start));
    let lastStart = 0;
    let lastEnd = 0;
    while (reader.start < stop) {
      const end = filled.indexOf(LF, reader.start);
      if (end === -1) break;
      const isLine = isUsual
        ? end - reader.start <= MAX_LINE_BYTES && filled[end - 1] === BRACE
        : isRecordLine(filled.subarray(reader.start, end));
      if (!this.#first && isLine) this.#begin(filled.subarray(reader.start, end), reader);
      if (this.isDone) break;
      if (!isLine || !this.#takeRecord(reader, reader.start, end)) {
        this.#fail(isLine ? filled.subarray(reader.start, end) : NO_RECORD, reader);
        break;
      }
      lastStart = reader.start;
      lastEnd = end;
      this.#lastOffset = reader.offsetOf(reader.start);
      reader.start = end + 1;
      this.#endOffset = reader.offsetOf(reader.start);
    }
    this.#lastTime = recordTime(filled.subarray(lastStart, lastEnd)) ?? this.#lastTime;
  }

  /** Takes what a reader has next for a line that is no record. */
  refuse(reader: LineReader): void {
    this.#fail(NO_RECORD, reader);
  }

  /** What was found so far. */
  result(): RecordsResult {
    this.#cut();
    return {
      kind: 'records',
      ...(this.#first && { first: this.#first }),
      next: this.#range.end,
      lastOffset: this.#lastOffset,
      endOffset: this.#endOffset,
      lastLeaf: hashTextBytes(this.#link).toString('hex'),
      lastTime: this.#lastTime,
      cuts: this.#cuts,
      nodes: Buffer.concat(this.#nodes),
      marks: this.#marks,
      ...(this.#fault && { fault: this.#fault }),
    };
  }

  /** Takes the first line's word for its place: only who has the lines before it knows whether it is right. */
  #begin(line: Buffer, reader: LineReader): void {
    const place = recordPlace(line);
    if (!place) return this.#fail(NO_RECORD, reader);
    const offset = reader.offsetOf(reader.start);
    this.#first = { ...place, offset };
    this.#link = hashTextOf(Buffer.from(place.prev, 'hex'));
    this.#template = new RecordTemplate(this.#task.stream, place.seq, this.#link);
    this.#range = new CompactRange(place.seq);
    this.#nextCut = this.#sizes.above(place.seq);
    this.#lastOffset = offset;
    this.#endOffset = offset;
  }

  #takeRecord(reader: LineReader, start: number, end: number): boolean {
    if (!this.#template.matches(reader.view, start)) return false;
    const event = eventAt(reader, start + this.#template.length);
    if (event === -1) return false;
    const { bytes, memory } = reader;
    if (isEqualAt(bytes, event, OF_THE_LOG)) this.#note(bytes.subarray(start, end));
    // The LF of the line before makes room for the byte that a leaf is hashed with.
    bytes[start - 1] = LEAF_PREFIX;
    this.#link = hashText(new Uint8Array(memory, start - 1, end - start + 1));
    this.#range.append(this.#link);
    this.#template.advance(this.#link);
    if (this.#range.end === this.#nextCut) this.#cut();
    return true;
  }

  /** Keeps what a record says about the log itself. */
  #note(line: Buffer): void {
    const mark = recordMark(this.#range.end, line);
    if (mark) this.#marks.push(mark);
  }

  /** Ends the compact range, where a root is asked for or the stretch ends. */
  #cut(): void {
    if (this.#range.end === this.#range.from) return;
    this.#cuts.push(this.#range.end);
    this.#nodes.push(this.#range.nodes());
    this.#range.restart();
    this.#nextCut = this.#sizes.above(this.#range.end);
  }

  #fail(line: Buffer, reader: LineReader): void {
    this.#fault = recordFault(line, {
      stream: this.#task.stream,
      seq: this.#range.end,
      offset: reader.offsetOf(reader.start),
      lastOffset: this.#lastOffset,
    });
  }
}

/** Whether no whole line has a CR or is no UTF-8: looked for in all of them at once, since none ever has. */
function hasUsualLines(bytes: Buffer): boolean {
  const lines = bytes.subarray(0, bytes.lastIndexOf(LF) + 1);
  return !lines.includes(CR) && isUtf8(lines);
}
