import { PROBLEM_GRADES, type ProblemKind, type VerifyProblem } from './verify-report.js';

/** Where a problem is. */
export interface ProblemPlace {
  readonly seq?: number;
  readonly file?: string;
  readonly offset?: number;
}

/** Enough to see what happened; whoever writes the files must decide neither how much memory a report needs nor what it leaves out. */
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
    const problem: VerifyProblem = {
      kind,
      grade: PROBLEM_GRADES[kind],
      ...(seq !== undefined && { seq }),
      ...(file !== undefined && { file }),
      ...(offset !== undefined && { offset }),
      message,
    };
    const last = this.#problems.at(MAX_PROBLEMS - 1);
    if (!last) this.#problems.push(problem);
    else if (isWorse(problem, last)) this.#problems.splice(-1, 1, problem);
  }
}

/** The verdict hangs on whether anything was tampered with, and on the lowest record of that. */
function isWorse(problem: VerifyProblem, than: VerifyProblem): boolean {
  if (problem.grade !== 'tampered') return false;
  return than.grade !== 'tampered' || (problem.seq ?? Infinity) < (than.seq ?? Infinity);
}
