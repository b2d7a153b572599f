import type { SecurityErrorCode } from './error-codes.js';
import { SecurityError } from './security.error.js';

/** One thing that is wrong with the configuration. */
export interface ConfigurationProblem {
  /** The path of the option, as it is written in code: `keys[0].secret`. */
  option: string;
  /** What is wrong with it and how to mend it; never its value. */
  message: string;
}

/**
 * The application cannot start, or cannot use a feature, as it is configured. The message names each
 * option, what is wrong with it and the setting or command that mends it, never the value.
 *
 * @example
 * // SecurityModule cannot start: keys[0].secret is 8 bytes long, at least 32 are needed. …
 */
export class SecurityConfigurationError extends SecurityError {
  /** Everything found wrong, in the order of the options. */
  readonly problems: readonly ConfigurationProblem[];

  /**
   * @param lead with what the message begins
   * @default 'SecurityModule cannot start'
   */
  constructor(
    code: SecurityErrorCode,
    problems: readonly ConfigurationProblem[],
    lead = 'SecurityModule cannot start',
  ) {
    super(code, describe(lead, problems));
    this.problems = problems;
  }
}

function describe(lead: string, problems: readonly ConfigurationProblem[]): string {
  const lines = problems.map(({ option, message }) => `${option} ${message}`);
  return lines.length === 1
    ? `${lead}: ${lines[0]}`
    : `${lead}, ${lines.length} options are wrong:\n${lines.map((line) => `  - ${line}`).join('\n')}`;
}
