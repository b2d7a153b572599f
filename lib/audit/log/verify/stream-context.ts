import type { VerifierKey } from '../note/verifier-key.js';
import type { TaskRunner } from './task-runner.js';
import type { TrustedStream } from './trust.js';
import type { NotesTask, NoteToVerify, NoteVerdict } from './verify-notes.js';

/** Everything that the verification of a stream is told. */
export interface StreamContext {
  /** The audit directory. */
  readonly directory: string;
  readonly stream: string;
  /** What is known of the stream from elsewhere. */
  readonly trusted?: TrustedStream;
  readonly recovery?: VerifierKey;
  readonly witnesses: readonly VerifierKey[];
  /** Folders of directory anchors. */
  readonly anchors: readonly string[];
  /** Whether anything is trusted at all. */
  readonly hasTrust: boolean;
  /** The moment that freshness is judged by, in milliseconds. */
  readonly asOf: number;
  readonly maxAgeMs: number;
  readonly runner: TaskRunner;
  readonly signal?: AbortSignal;
  /** Hears of every piece of a segment that was read. */
  onRead(bytes: number, records: number): void;
}

/** The keys that the notes of a stream are verified with. */
export interface StreamKeys {
  /** The public key of epoch 0. */
  readonly epochKey: Buffer;
  readonly identity?: VerifierKey;
}

/** Verifies notes of a stream in whatever thread is free. */
export type VerifyNotes = (notes: readonly NoteToVerify[]) => Promise<readonly NoteVerdict[]>;

/** What a {@link NotesTask} says beside the notes. */
export type NoteKeys = Omit<NotesTask, 'kind' | 'notes'>;
