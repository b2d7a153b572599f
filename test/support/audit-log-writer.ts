import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestLog } from './audit-log-builder.js';
import { leafTilePath, newKey } from './audit-log-format.js';
import { segmentName, type TestStream } from './audit-log-stream.js';

/** Writes on a log as an application would that runs: piece by piece, in the order that the format asks for. */
export class TestWriter {
  readonly #folder: string;
  readonly #anchor: string;
  readonly #stream: TestStream;
  #steps = 0;

  constructor({ directory, anchor }: TestLog, stream: TestStream) {
    this.#folder = join(directory, stream.name);
    this.#anchor = join(anchor, `${stream.name}.notes`);
    this.#stream = stream;
  }

  /** Does a little more; what is under way may be half done in between. */
  *steps(): Generator<void> {
    for (;;) {
      this.#steps += 1;
      if (this.#steps % 5 === 0) this.#stream.segments.push(this.#stream.lines.length);
      yield* this.#append(1 + (this.#steps % 7));
      if (this.#steps % 11 === 0) yield* this.#prune();
      if (this.#steps % 4 === 0) yield* this.#endEpoch();
      yield* this.#checkpoint();
    }
  }

  *#append(count: number, fields: Readonly<Record<string, unknown>> = {}): Generator<void> {
    const from = this.#stream.lines.length;
    for (let more = 0; more < count; more += 1) this.#stream.append(fields);
    const text = this.#stream.lines
      .slice(from)
      .map((line) => `${line}\n`)
      .join('');
    const file = join(this.#folder, segmentName(this.#stream.segments.at(-1) ?? 0));
    const half = Math.floor(text.length / 2);
    for (const part of ['', text.slice(0, half), text.slice(half)]) {
      appendFileSync(file, part);
      yield;
    }
  }

  *#endEpoch(): Generator<void> {
    const { epochs, statements } = this.#stream;
    epochs.push(newKey());
    const next = epochs.at(-1)?.publicKey.toString('base64');
    const note = this.#note(statements.length, `next ${next}`);
    statements.push(note);
    for (const part of [note.slice(0, 100), `${note.slice(100)}\n`]) {
      appendFileSync(join(this.#folder, 'epochs.notes'), part);
      yield;
    }
  }

  *#checkpoint(): Generator<void> {
    const note = this.#note(this.#stream.statements.length);
    writeFileSync(join(this.#folder, 'checkpoint.new'), note);
    yield;
    renameSync(join(this.#folder, 'checkpoint.new'), join(this.#folder, 'checkpoint'));
    yield;
    for (const part of [note.slice(0, 50), `${note.slice(50)}\n`]) {
      appendFileSync(this.#anchor, part);
      yield;
    }
  }

  /** Takes the oldest segment away, once the log says so and its leaf hashes are in tiles. */
  *#prune(): Generator<void> {
    const [oldest, first = 0] = this.#stream.segments;
    this.#writeTiles(first);
    yield* this.#append(1, { event: 'audit_segments_pruned', details: { through: first - 1 } });
    yield* this.#checkpoint();
    rmSync(join(this.#folder, segmentName(oldest ?? 0)));
    this.#stream.segments.shift();
    yield;
  }

  #writeTiles(end: number): void {
    const leaves = this.#stream.leaves().slice(0, end);
    for (let from = 0; from < leaves.length; from += 256) {
      const tile = leaves.slice(from, from + 256);
      const path = join(this.#folder, leafTilePath(from / 256, tile.length));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, Buffer.concat(tile));
    }
  }

  #note(epoch: number, extension?: string): string {
    const size = this.#stream.lines.length;
    return this.#stream.signed(this.#stream.text(size, epoch, extension, Date.now()), epoch);
  }
}
