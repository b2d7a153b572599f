import type { WriterBatch, WriterOpened, WriterResult, WriterState } from './writer-setup.js';

/** What a writer tells of its own accord. */
export interface WriterListener {
  /** A checkpoint was signed. */
  onCheckpoint(note: string): void;
  /** How the writer does, now and then. */
  onState(state: WriterState): void;
  /** The writer is gone: what it was asked and has not answered is open. */
  onDeath(reason: string): void;
}

/** Writes a stream, in a thread of its own or in this one. One request at a time. */
export interface Writer {
  readonly opened: WriterOpened;
  write(batch: WriterBatch): Promise<WriterResult>;
  /** Signs the log as it is now. */
  checkpoint(): Promise<string>;
  /** Writes the final checkpoint and lets go of the files. */
  close(): Promise<void>;
  /** Stops at once and writes nothing more: the stream belongs to somebody else. */
  abandon(): Promise<void>;
}
