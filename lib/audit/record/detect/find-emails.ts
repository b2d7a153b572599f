import type { Finding } from './finding.js';

/** Gives the pseudonym of an e-mail address. */
export type PseudonymOfEmail = (address: string) => string;

/** RFC 5321 allows 64; what is longer is no less somebody's. */
const MAX_LOCAL = 256;
const NOT_LOCAL = /[\s@<>()[\]"',;:\\/=&?]/u;
const DOMAIN = /^@[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62}\.){1,8}(?:\p{L}{2,24}|xn--[a-z\d-]{1,59})/u;

/** E-mail addresses, the quoted form (`"a b"@example.com`) and international domains among them. */
export function findEmails(text: string, pseudonymOf: PseudonymOfEmail): Finding[] {
  const found: Finding[] = [];
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const start = startOfLocal(text, at);
    if (start === at) continue;
    const domain = text.slice(at, at + MAX_LOCAL * 2).match(DOMAIN)?.[0];
    if (domain === undefined) continue;
    const end = at + domain.length;
    found.push({ start, end, shown: pseudonymOrNone(text.slice(start, end), pseudonymOf) });
  }
  return found;
}

/** Without a key there is no pseudonym; the address is written all the less. */
function pseudonymOrNone(address: string, pseudonymOf: PseudonymOfEmail): string {
  try {
    return pseudonymOf(address);
  } catch {
    return '[pseudonym unavailable]';
  }
}

function startOfLocal(text: string, at: number): number {
  if (text[at - 1] === '"') return startOfQuoted(text, at);
  let start = at;
  while (start > 0 && at - start < MAX_LOCAL && isLocal(text, start - 1)) start -= 1;
  return start;
}

/** An apostrophe is part of `o'brien@example.com`, but not of `'alice@example.com'`. */
function isLocal(text: string, at: number): boolean {
  const character = text.charAt(at);
  if (character === "'") return /[\p{L}]/u.test(text.charAt(at - 1));
  return !NOT_LOCAL.test(character);
}

function startOfQuoted(text: string, at: number): number {
  const open = text.lastIndexOf('"', at - 2);
  const isNear = open !== -1 && at - open <= MAX_LOCAL;
  return isNear && !/[\r\n@]/.test(text.slice(open, at)) ? open : at;
}
