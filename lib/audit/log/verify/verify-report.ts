/** How grave a problem is: `tampered` contradicts what was signed, `incomplete` leaves something unproven. */
export type ProblemGrade = 'tampered' | 'incomplete';

/** What {@link VerifyProblem.kind} can be, and how grave each is. `docs/audit.md` describes them. */
export const PROBLEM_GRADES = Object.freeze({
  'anchor-ahead': 'tampered',
  'anchor-invalid': 'tampered',
  'anchor-missing': 'incomplete',
  'anchor-stale': 'incomplete',
  'checkpoint-invalid': 'tampered',
  'checkpoint-missing': 'tampered',
  'checkpoint-outdated': 'tampered',
  'epoch-invalid': 'tampered',
  'epoch-missing': 'tampered',
  'epoch-unfinished': 'incomplete',
  'file-irregular': 'tampered',
  'genesis-invalid': 'tampered',
  'genesis-mismatch': 'tampered',
  'genesis-missing': 'tampered',
  'identity-mismatch': 'tampered',
  'proof-invalid': 'tampered',
  'record-changed': 'tampered',
  'record-foreign': 'tampered',
  'record-malformed': 'tampered',
  'record-missing': 'tampered',
  'record-repeated': 'tampered',
  'records-missing': 'tampered',
  'reseed-untrusted': 'incomplete',
  'root-mismatch': 'tampered',
  'segment-surplus': 'tampered',
  'segments-missing': 'tampered',
  'segments-vanished': 'incomplete',
  'stream-missing': 'tampered',
  'stream-unregistered': 'incomplete',
  'tiles-missing': 'tampered',
  'trust-missing': 'incomplete',
  'unsigned-tail': 'incomplete',
} as const satisfies Readonly<Record<string, ProblemGrade>>);

/** The stable name of a problem. */
export type ProblemKind = keyof typeof PROBLEM_GRADES;

/** Something that verification found. */
export interface VerifyProblem {
  /** Its stable name. */
  readonly kind: ProblemKind;
  /** How grave it is. */
  readonly grade: ProblemGrade;
  /** The first record that is affected: all before it are as far as is known in order. */
  readonly seq?: number;
  /** The file, relative to the audit directory unless it is in an anchor. */
  readonly file?: string;
  /** Where in the file, in bytes. */
  readonly offset?: number;
  /** What it means, in words. */
  readonly message: string;
}

/** What the folder of an anchor holds of one stream. */
export interface AnchorReport {
  /** The file of its checkpoints. */
  readonly file: string;
  /** How many records the largest checkpoint that holds covers; 0 without one. */
  readonly size: number;
  /** When the newest of them was made, ISO 8601. */
  readonly time?: string;
  /**
   * Whether that is older than it may be. As long as another anchor is fresh, it is no problem of the log: the
   * anchor is not served any more.
   */
  readonly isStale: boolean;
}

/** What is known of one stream. */
export interface StreamReport {
  /** Its name. */
  readonly stream: string;
  /** What its problems come to. */
  readonly status: VerifyStatus;
  /** How many records the chain links, from the first one ever to the last that holds. */
  readonly records: number;
  /** How many of them the stream's own checkpoints cover. */
  readonly signed: number;
  /** How many of them a checkpoint covers that is kept elsewhere. */
  readonly anchored: number;
  /** What each anchor that was given holds, in their order. */
  readonly anchors: readonly AnchorReport[];
  /** How many epochs have ended. */
  readonly epochs: number;
  /** Whether the log was shut down in order. */
  readonly closed: boolean;
  /** The time of the last record, ISO 8601. */
  readonly lastTime?: string;
  /** What was found, 100 problems at the most. */
  readonly problems: readonly VerifyProblem[];
}

/** `clean` only when nothing is left open. */
export type VerifyStatus = 'clean' | ProblemGrade;

/** What {@link verifyLog} found. */
export interface VerifyReport {
  /** That of the worst stream; `incomplete` for a log without one. */
  readonly status: VerifyStatus;
  /** The lowest record that is affected by tampering, in whichever stream. */
  readonly firstBadSeq?: number;
  /** Every stream that is there or should be. */
  readonly streams: readonly StreamReport[];
}

/** The status that problems lead to. */
export function statusOf(problems: readonly { readonly grade: ProblemGrade }[]): VerifyStatus {
  if (problems.some(({ grade }) => grade === 'tampered')) return 'tampered';
  return problems.length > 0 ? 'incomplete' : 'clean';
}
