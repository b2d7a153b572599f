/** Something that the person who starts the sample can mend; shown as one line, without a stack. */
export class StartupError extends Error {}

/** Whether a failed system call ended with this code. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
