import type { VerifierKey } from './note/verifier-key.js';

/** A log that was found, before anything is written to it. */
export interface FoundLog {
  readonly stream: string;
  /** The folder of the stream. */
  readonly folder: string;
  /** How many records it has. */
  readonly size: number;
  /** The epoch that it is in. */
  readonly epoch: number;
  /** The key that witnesses know it by, as far as this folder can tell. */
  readonly identity: VerifierKey | undefined;
  /** The leaf hash of a record; `undefined` when it is not kept any more. */
  leafHashAt(seq: number): Promise<string | undefined>;
  /** The root over the first records; `undefined` where finding it would take the reading of the whole log. */
  rootAt(size: number): Promise<Buffer | undefined>;
}

/** Who is told what a log does. */
export interface LogWatcher {
  /** Before anything is written. What it throws stops the start. */
  beforeWriting(found: FoundLog): Promise<void>;
  /** A checkpoint was signed. */
  onCheckpoint(note: string): void;
  /** Everything below this place is on the disk. */
  onDurable(seq: number): void;
  /** Nothing is written any more; the stream is still locked for this process. */
  afterWriting(): Promise<void>;
}
