/** Why a look-up among breached passwords gave no answer. */
export type BreachCheckFailure =
  | 'timeout'
  | 'unreachable'
  | 'status'
  | 'too-large'
  | 'malformed'
  | 'file-unreadable'
  | 'file-malformed';

/**
 * A look-up among breached passwords gave no answer. Never leaves the policy, which makes a verdict and an
 * event of it. Holds nothing of the password.
 */
export class BreachCheckError extends Error {
  /** Why, as one stable word. */
  readonly reason: BreachCheckFailure;

  constructor(reason: BreachCheckFailure) {
    super(`the look-up among breached passwords failed: ${reason}`);
    this.name = 'BreachCheckError';
    this.reason = reason;
  }
}
