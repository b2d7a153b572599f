import type { PasswordViolation } from './password-violation.js';
import type { PasswordStrength } from './strength.js';

/**
 * What became of the look-up among breached passwords: `clean` or `breached`; `unavailable` when it failed;
 * `off` when it was not done, since it is not configured or the password was refused already.
 */
export type BreachCheckOutcome = 'clean' | 'breached' | 'unavailable' | 'off';

/** What {@link PasswordPolicyService.evaluate} finds. Holds nothing of the password. */
export interface PasswordPolicyVerdict {
  /** Whether the password may be used. */
  readonly ok: boolean;
  /** Every reason why not; empty when it may. */
  readonly violations: readonly PasswordViolation[];
  /** The estimate, when `estimator` is configured and the size is within bounds. */
  readonly strength?: PasswordStrength;
  /** What became of the look-up among breached passwords. */
  readonly breachCheck: BreachCheckOutcome;
}
