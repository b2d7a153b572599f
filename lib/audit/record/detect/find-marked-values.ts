import { isSensitiveName } from '../sensitive-names.js';
import { CUT, secretAt, type Finding } from './finding.js';
import { matchesOf } from './matches.js';
import { ARGUMENT, LABEL, QUOTE, SIGN } from './text-features.js';
import { quoteAt, valueEnd } from './value-end.js';

/** An argument of a command: `--password …`, also as a list in JSON. */
const ARGUMENTS = [/(?<![\w-])--?(?<name>[A-Za-z][\w-]{1,63})[ \t"',\\]{1,8}(?=[^\s"',\\-])/g];
const PAIRS = [
  // `name="password" value="…"`, `{"key": "password", "value": "…`.
  /\b(?:name|key|field|header)\\*["']?\s{0,3}[=:]\s{0,3}\\*["']?(?<name>[\w.-]{1,64})\\*["']?[\s,;]{1,8}(?:[\w-]{1,32}=\\*["'][\w -]{0,64}\\*["']\s{1,3}){0,3}\\*["']?(?:value|content|data)\\*["']?\s{0,3}[=:]\s{0,3}\\*["']?/gi,
  // A part of a form: RFC 7578.
  /\bname=\\*"(?<name>[^"\\]{1,128})\\*"[^\r\n]{0,200}(?:\r?\n[^\r\n]{1,200}){0,3}\r?\n\r?\n/g,
];
/** `IDENTIFIED BY '…'`, `IDENTIFIED WITH … BY '…'`, `the password "…"`, `PASSWORD('…')`. */
const QUOTED = [
  /(?<name>passw(?:or)?d|passphrase|pwd|identified(?: with [\w"'`]{1,64})? by)[ \t(]{1,3}\\*["'`]/gi,
];
const ELEMENT = /<(?<name>[\w:.-]{1,64})(?:\s[^<>]{0,256})?(?<!\/)>/g;

/** Values whose telling name is not before a sign of equality: in arguments, pairs and quotations. */
export function findMarkedValues(text: string, features: number): Finding[] {
  const patterns = [
    ...((features & ARGUMENT) === 0 ? [] : ARGUMENTS),
    ...((features & SIGN) === 0 || (features & LABEL) === 0 ? [] : PAIRS),
    ...((features & QUOTE) === 0 ? [] : QUOTED),
  ];
  return patterns.flatMap((pattern) => valuesBehind(pattern, text));
}

function valuesBehind(pattern: RegExp, text: string): Finding[] {
  const found: Finding[] = [];
  for (const { index, 0: match, groups } of matchesOf(text, pattern)) {
    if (!isTelling(groups?.['name'])) continue;
    const start = index + match.length;
    const end = endOfMarked(text, start);
    if (end > start && text.slice(start, end) !== CUT) found.push(secretAt(start, end));
  }
  return found;
}

/** The contents of XML elements with telling names. */
export function findElements(text: string): Finding[] {
  const found: Finding[] = [];
  for (const { index, 0: match, groups } of matchesOf(text, ELEMENT)) {
    const name = groups?.['name'];
    const start = index + match.length;
    if (name === undefined || start < (found.at(-1)?.end ?? 0) || !isSensitiveName(name)) continue;
    const close = text.indexOf(`</${name}`, start);
    const end = close === -1 ? text.length : close;
    if (text.slice(start, end).trim() !== '') found.push(secretAt(start, end));
  }
  return found;
}

function isTelling(name: string | undefined): boolean {
  return name !== undefined && (/^identified /i.test(name) || isSensitiveName(name));
}

/** The part of a form is a line, everything else is quoted or a word. */
function endOfMarked(text: string, start: number): number {
  if (text.charAt(start - 1) === '\n') return text.slice(start).search(/[\r\n]|$/) + start;
  return valueEnd(text, start - lengthOfQuote(text, start));
}

/** How long the quote is that ends here. */
function lengthOfQuote(text: string, end: number): number {
  const [quote = ''] = /\\*["'`]$/.exec(text.slice(Math.max(0, end - 64), end)) ?? [];
  return quoteAt(text, end - quote.length) === quote ? quote.length : 0;
}
