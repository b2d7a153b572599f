import { openWriter } from './open-writer.js';
import type { LogWriter } from './log-writer.js';
import type { SegmentSystem } from './segment-file.js';
import type { Writer, WriterListener } from './writer.js';
import type { WriterBatch, WriterOpened, WriterResult, WriterSetup } from './writer-setup.js';

const TICK_MS = 250;

/**
 * Writes in this thread, for tests and where no thread can be started. Every write holds the event loop
 * until the disk has it.
 */
export class InlineWriter implements Writer {
  readonly opened: WriterOpened;
  readonly #writer: LogWriter;
  readonly #timer: NodeJS.Timeout;

  private constructor(writer: LogWriter, opened: WriterOpened, listener: WriterListener) {
    this.opened = opened;
    this.#writer = writer;
    this.#timer = setInterval(() => listener.onState(writer.tick()), TICK_MS).unref();
  }

  static async open(
    setup: WriterSetup,
    firstKey: Buffer,
    listener: WriterListener,
    system?: SegmentSystem,
  ): Promise<InlineWriter> {
    const { writer, opened } = await openWriter(setup, {
      firstKey,
      onCheckpoint: (note) => listener.onCheckpoint(note),
      ...(system && { system }),
    });
    listener.onState(writer.state());
    return new InlineWriter(writer, opened, listener);
  }

  async write(batch: WriterBatch): Promise<WriterResult> {
    const result = this.#writer.write(batch);
    this.#writer.settle();
    // Whoever records without pause would otherwise let nothing else run.
    await new Promise((resolve) => setImmediate(resolve));
    return { ...result, state: this.#writer.state() };
  }

  async checkpoint(): Promise<string> {
    return this.#writer.checkpoint();
  }

  async abandon(): Promise<void> {
    clearInterval(this.#timer);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#writer.close();
  }
}
