import { secretAt, type Finding } from './finding.js';
import { matchesOf } from './matches.js';

/** A quote ends a URL where it looks like the end of a quotation. Within one URL another may begin. */
const AUTHORITY = /:\/\/(?=((?:[^\s"'<>`]|["'`](?![\s,;:}\])\\]|$)){1,256}))/g;
/** A user's name may stay, a token in its place may not: those are longer. */
const LONGEST_NAME = 15;
const HOST = /^(?:[^:]*|\[[^\]]*\])(?::\d{0,5})?$/;

/**
 * The passwords of URLs with credentials, `scheme://user:password@host`, and tokens in the place of the user.
 * A password may hold the signs that should have been escaped: it ends at the last `@`.
 */
export function findUrlCredentials(text: string): Finding[] {
  const found: Finding[] = [];
  for (const { index, 1: rest = '' } of matchesOf(text, AUTHORITY)) {
    const length = lengthOfUserInfo(rest);
    const user = rest.slice(0, length).split(':', 1)[0] ?? '';
    const start = user.length < length ? user.length + 1 : user.length > LONGEST_NAME ? 0 : length;
    if (start < length) found.push(secretAt(index + 3 + start, index + 3 + length));
  }
  return found;
}

function lengthOfUserInfo(rest: string): number {
  const authority = rest.slice(0, rest.search(/[/?#]|$/));
  if (authority.includes('@')) return authority.lastIndexOf('@');
  const isHost = !authority.includes(':') || HOST.test(authority);
  return isHost ? 0 : Math.max(rest.lastIndexOf('@'), 0);
}
