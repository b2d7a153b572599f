import { constants } from 'node:os';

/** A quota that is used up. libuv has no name for it: Node says now `UNKNOWN`, now `Unknown system error -122`. */
const QUOTA_ERRNO = -constants.errno.EDQUOT;

/**
 * The code of an error of the operating system, such as `ENOENT`; `unknown` for anything else. Looks at the
 * properties only: errors of another realm, as in Jest, are no `instanceof Error`.
 */
export function systemErrorCode(error: unknown): string {
  if (propertyOf(error, 'errno') === QUOTA_ERRNO) return 'EDQUOT';
  return wordOf(error, 'code') ?? 'unknown';
}

/**
 * A word that an error carries, as its `code` or its `name`; nothing when it carries none. Errors are anybody's: one that
 * throws when it is read carries none.
 */
export function wordOf(error: unknown, property: 'code' | 'name'): string | undefined {
  const text = propertyOf(error, property);
  return typeof text === 'string' ? text : undefined;
}

function propertyOf(error: unknown, property: string): unknown {
  if (typeof error !== 'object' || error === null) return undefined;
  try {
    return Reflect.get(error, property);
  } catch {
    return undefined;
  }
}
