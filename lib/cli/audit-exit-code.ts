import { AuditError } from '../errors/audit.error.js';

/** How `nestjs-security audit` ends, for scripts and monitors. `docs/audit.md` lists these. */
export const AUDIT_EXIT_CODE = Object.freeze({
  /** Nothing is left open; of other commands than verify, everything was done. */
  clean: 0,
  /** The log contradicts what was signed, or cannot be read as one. */
  tampered: 1,
  /** Nothing contradicts, and something is not proven, or too old. */
  incomplete: 2,
  /** The command line, the configuration or the input cannot be used. */
  usage: 3,
  /** The system did not let something be read or written. */
  inputOutput: 4,
  /** Ctrl+C or SIGTERM stopped it before the end. */
  stopped: 130,
});

const CODES: Readonly<Partial<Record<string, number>>> = {
  AUDIT_EPOCH_KEY_PRESENT: AUDIT_EXIT_CODE.usage,
  AUDIT_LOG_DAMAGED: AUDIT_EXIT_CODE.tampered,
  AUDIT_RECORD_UNSIGNED: AUDIT_EXIT_CODE.incomplete,
  AUDIT_RECORD_UNKNOWN: AUDIT_EXIT_CODE.usage,
  AUDIT_TRUST_INVALID: AUDIT_EXIT_CODE.usage,
};

/** How the command ends after an error that is no mistake in the command line. */
export function auditExitCodeOf(error: unknown): number {
  const code = error instanceof AuditError ? CODES[error.code] : undefined;
  return code ?? AUDIT_EXIT_CODE.inputOutput;
}
