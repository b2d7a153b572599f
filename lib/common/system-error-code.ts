/**
 * The code of an error of the operating system, such as `ENOENT`; `unknown` for anything else. Looks at the
 * property only: errors of another realm, as in Jest, are no `instanceof Error`.
 */
export function systemErrorCode(error: unknown): string {
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown';
}
