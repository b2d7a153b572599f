import type { Trust } from './trust.js';

/** How far a verification is. */
export interface VerifyProgress {
  /** Bytes of records that were read. */
  readonly bytes: number;
  /** How many there are, more where the log has grown since. */
  readonly totalBytes: number;
  /** How many records were read. */
  readonly records: number;
}

/** What `verifyLog` holds a log against, and how. */
export interface VerifyOptions {
  /**
   * What is known of the log from elsewhere.
   *
   * @default none: the log is held against itself only, which can give `incomplete` at best
   */
  readonly trust?: Trust;
  /**
   * Folders of directory anchors.
   *
   * @default none
   */
  readonly anchors?: readonly string[];
  /**
   * The moment that the log should be fresh at, for archives.
   *
   * @default now
   */
  readonly asOf?: Date;
  /**
   * How old the newest anchored checkpoint may be, in seconds.
   *
   * @default 600
   */
  readonly maxAgeSeconds?: number;
  /** Hears how far it is, several times a second. */
  readonly onProgress?: (progress: VerifyProgress) => void;
  /** Ends the verification with its reason. */
  readonly signal?: AbortSignal;
  /**
   * How many threads hash, 0 to 64; 0 is the calling one, which then still answers in between.
   *
   * @default one for each processor, at most 8; 0 for logs of less than 16 MiB with few epochs
   */
  readonly parallel?: number;
}
