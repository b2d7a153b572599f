import { isSensitiveName } from '../sensitive-names.js';
import { PRIVATE_MEMBERS } from '../telling-neighbours.js';
import { CUT, secretAt, type Finding } from './finding.js';
import { endOfQuoted, quoteAt, valueEnd } from './value-end.js';

const EQUALS = 61;
const COLON = 58;
const MAX_NAME = 128;
const MAX_CLOSERS = 12;
const WHITE = /\s/;
const CLOSER = /[\\"'`\])}]/;
const NAME_PART = /[\w$.\-[\]]|[^\0-\x7f]/;
/** "The API key is: …": such a word may stand between a name and the sign. */
const FILLERS = new Set(
  'is was number no value hash code header string provided received'.split(' '),
);
/** Names whose values go on to the end of the line. */
const WHOLE_LINE = /(?:authorization|cookies?|phrase|mnemonic)\W*$/i;
/** `!=` before a quotation: in code, an unquoted word behind it is most likely a variable. */
const NOT_EQUAL = /^!={1,2}\s{0,4}\\*["'`]/;
/** What tells that a text holds a JSON Web Key. */
const KEY_TYPE = /"kty\\*"/;
/** YAML: the value is what stands on the next lines, further to the right. */
const BLOCK = /^[|>][+-]?\d?[+-]?[ \t]*\r?\n/;
const MAX_INDENTATION = 64;
const NO_SECRET = /^(?:\[card ending \d{4}\]|null|true|false|undefined)$/;

/**
 * What stands behind a telling name and a sign of equality: `password=…`, `"api_key": "…"`, `Cookie: …`, as
 * in query strings, forms, headers, connection strings and JSON that is broken or within other text.
 */
export function findNamedValues(text: string): Finding[] {
  const found: Finding[] = [];
  const isKey = KEY_TYPE.test(text);
  let floor = 0;
  for (
    let sign = nextSign(text, 0);
    sign !== -1;
    sign = nextSign(text, Math.max(sign + 1, floor))
  ) {
    const name = tellingNameBefore(text, sign, { floor, isKey });
    floor = sign + 1;
    if (name === undefined || text.startsWith('://', sign)) continue;
    const start = startOfValue(text, sign + 1);
    const end = endOf(text, start, name);
    if (end <= start || isNoSecret(text.slice(start, end))) continue;
    found.push(secretAt(start, end));
    floor = end;
  }
  return found;
}

function isNoSecret(value: string): boolean {
  return value === CUT || NO_SECRET.test(value);
}

function nextSign(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === EQUALS || code === COLON) return at;
  }
  return -1;
}

interface Name {
  readonly text: string;
  readonly start: number;
}

/** The name before a sign, when it is a telling one; looks back to `floor` at the most. */
function tellingNameBefore(
  text: string,
  sign: number,
  { floor, isKey }: { readonly floor: number; readonly isKey: boolean },
): Name | undefined {
  const first = NOT_EQUAL.test(text.slice(Math.max(floor, sign - 1), sign + 16)) ? sign - 1 : sign;
  let end = back(text, first, WHITE, Math.max(floor, first - 3));
  end = back(text, end, CLOSER, Math.max(floor, end - MAX_CLOSERS));
  const start = back(text, end, NAME_PART, Math.max(floor, end - MAX_NAME));
  if (end - start < 1) return undefined;
  const name = text.slice(start, end);
  if (isSensitiveName(name) || (isKey && PRIVATE_MEMBERS.has(name))) return { text: name, start };
  if (start === floor || !WHITE.test(text.charAt(start - 1))) return undefined;
  const phrase = wordsBefore(text, start - 1, floor).find((words) => isTellingPhrase(words, name));
  return phrase === undefined ? undefined : { text: `${phrase} ${name}`, start };
}

/** The last word before the white space that stands here, and the last two. */
function wordsBefore(text: string, end: number, floor: number): string[] {
  const near = back(text, end, NAME_PART, Math.max(floor, end - MAX_NAME));
  if (near === end) return [];
  const last = text.slice(near, end);
  if (near === floor || !WHITE.test(text.charAt(near - 1))) return [last];
  const far = back(text, near - 1, NAME_PART, Math.max(floor, near - MAX_NAME));
  return far === near - 1 ? [last] : [last, `${text.slice(far, near - 1)} ${last}`];
}

/** How far back from `end` the characters are of this kind, `floor` at the most. */
function back(text: string, end: number, kind: RegExp, floor: number): number {
  let start = end;
  while (start > floor && kind.test(text.charAt(start - 1))) start -= 1;
  return start;
}

/** Words that are a telling name only together ("api key"), or with a filler behind them. */
function isTellingPhrase(before: string, last: string): boolean {
  if (isSensitiveName(before)) return FILLERS.has(last.toLowerCase());
  return isSensitiveName(`${before} ${last}`);
}

/** Behind what is left of the sign (`=>`, `:=`, `==`) and white space, as which a form has pluses. */
function startOfValue(text: string, from: number): number {
  const [skipped = ''] =
    /^[=>:]{0,2}(?:\+{1,4}(?=\\*["'`])|\s{0,4})/.exec(text.slice(from, from + 8)) ?? [];
  const start = from + skipped.length;
  const quote = quoteAt(text, start);
  return quote === undefined ? start : start + quote.length;
}

function endOf(text: string, start: number, name: Name): number {
  const opening = /\\*(?:"""|'''|["'`])$/.exec(text.slice(Math.max(0, start - 64), start))?.[0];
  if (opening !== undefined) return endOfQuoted(text, start, opening);
  if (BLOCK.test(text.slice(start, start + 64))) return endOfBlock(text, start, name);
  if (!WHOLE_LINE.test(name.text) || /[[{(]/.test(text.charAt(start))) return valueEnd(text, start);
  // 'Authorization: Basic …' within quotes, as an argument of curl, ends with them.
  const around = /\\*["'`]$/.exec(text.slice(Math.max(0, name.start - 64), name.start))?.[0];
  const line = text.slice(start).search(/[\r\n]|$/) + start;
  return around === undefined ? line : Math.min(line, endOfQuoted(text, start, around));
}

/** Before the next line that stands as far to the left as the name, or further. */
function endOfBlock(text: string, start: number, name: Name): number {
  const line = text.slice(text.lastIndexOf('\n', name.start) + 1, name.start);
  const indentation = Math.min(/^[ -]*/.exec(line)?.[0].length ?? 0, MAX_INDENTATION);
  const next = new RegExp(`\\n {0,${indentation}}(?=[^ \\r\\n])`).exec(text.slice(start));
  return next ? start + next.index : text.length;
}
