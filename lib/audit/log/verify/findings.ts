import { PROBLEM_GRADES, type ProblemKind, type VerifyProblem } from './verify-report.js';

/** Where a problem is. */
export interface ProblemPlace {
  readonly seq?: number;
  readonly file?: string;
  readonly offset?: number;
}

/** Enough to see what happened; whoever writes the files must not decide how much memory a report needs. */
const MAX_PROBLEMS = 100;

/** Collects what is found about a stream. */
export class Findings {
  readonly #problems: VerifyProblem[] = [];

  get problems(): readonly VerifyProblem[] {
    return this.#problems;
  }

  /** Whether something contradicts what was signed. */
  get isTampered(): boolean {
    return this.#problems.some(({ grade }) => grade === 'tampered');
  }

  add(kind: ProblemKind, message: string, { seq, file, offset }: ProblemPlace = {}): void {
    if (this.#problems.length >= MAX_PROBLEMS) return;
    this.#problems.push({
      kind,
      grade: PROBLEM_GRADES[kind],
      ...(seq !== undefined && { seq }),
      ...(file !== undefined && { file }),
      ...(offset !== undefined && { offset }),
      message,
    });
  }
}
