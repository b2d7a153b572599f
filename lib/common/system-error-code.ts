import { constants } from 'node:os';

/** A quota that is used up, as Node tells it, whose libuv has no name for that. */
const UNNAMED_EDQUOT = `Unknown system error ${-constants.errno.EDQUOT}`;

/**
 * The code of an error of the operating system, such as `ENOENT`; `unknown` for anything else. Looks at the
 * property only: errors of another realm, as in Jest, are no `instanceof Error`.
 */
export function systemErrorCode(error: unknown): string {
  const code = wordOf(error, 'code') ?? 'unknown';
  return code === UNNAMED_EDQUOT ? 'EDQUOT' : code;
}

/**
 * A word that an error carries, as its `code` or its `name`; nothing when it carries none. Errors are anybody's: one that
 * throws when it is read carries none.
 */
export function wordOf(error: unknown, property: 'code' | 'name'): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  try {
    const text: unknown = Reflect.get(error, property);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}
