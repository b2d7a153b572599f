/** A step of the writer in `python-audit-log.py`: a method's name and what it is given. */
export type Step = readonly [name: string, ...given: unknown[]];

/** A log that `python-audit-log.py` writes, and what a verifier must say of it. */
export interface AuditPlan {
  /** Reads after "It says of". */
  readonly name: string;
  readonly streams?: Readonly<Record<string, readonly Step[]>>;
  /** Of the first stream: a method's name and its arguments. */
  readonly attacks?: readonly (readonly [name: string, given: Readonly<Record<string, unknown>>])[];
  readonly recovery?: true;
  readonly witness?: true;
  readonly trusted?: number;
  readonly later?: number;
  readonly export?: readonly number[];
  /** A second anchor, with so many of the notes that the first one has; without any, it has no file. */
  readonly secondAnchor?: number;
  readonly removed?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly appended?: Readonly<Record<string, string>>;
  readonly replaced?: Readonly<Record<string, readonly [old: string, now: string]>>;
  readonly folders?: readonly string[];
  readonly pipes?: readonly string[];
  /** Files and folders that lie elsewhere, with a link in their place. */
  readonly links?: readonly string[];
  /** What the verifier is not given, or given beside. */
  readonly without?: readonly ('trust' | 'anchor')[];
  readonly options?: readonly string[];
  readonly exit: 0 | 1 | 2 | 3 | 4;
  /** Every kind of problem that is found, in any order. */
  readonly kinds: readonly string[];
  readonly first?: number;
}

export const STREAM = '0-aaaaaaaa';
export const FOLDER = `log/${STREAM}`;

/**
 * 100 records in 2 segments and 3 epochs: records 0 to 29, 30 to 59, and 60 to 99 in the present one.
 * What is held elsewhere vouches for 30, 75 and 90 of them; the checkpoint for all.
 */
export const BASE: readonly Step[] = [
  ['records', 30],
  ['checkpoint'],
  ['anchor'],
  ['turn'],
  ['records', 20],
  ['segment'],
  ['records', 10],
  ['turn'],
  ['records', 15],
  ['checkpoint'],
  ['anchor'],
  ['records', 15],
  ['checkpoint'],
  ['anchor'],
  ['records', 10],
  ['checkpoint'],
];

/** The steps of a log that is whole, signed and anchored. */
export function anchored(...steps: readonly Step[]): Readonly<Record<string, readonly Step[]>> {
  return { [STREAM]: [...steps, ['checkpoint'], ['anchor']] };
}

export function tampered(name: string, rest: Omit<AuditPlan, 'name' | 'exit'>): AuditPlan {
  return { name, exit: 1, ...rest };
}
