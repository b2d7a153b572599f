const OPENING = /[[{(]/;
const CLOSING = /[\]})]/;
/** In an unquoted value these are the end only where something else follows. */
const MAYBE_END = /[,;'"`]/;
const AFTER_END = /^.(?:[\s,;:}\])]|$|\\*["']?[\w.-]{1,40}\\*["']?\s?[=:])/;
const TOKEN = /^\\*(?:"""|'''|["'`])/;

/**
 * Where the value ends that begins here: at the closing quote or bracket, or else where a query string, a
 * form, a connection string or a line would end it. What is never closed ends with the text.
 */
export function valueEnd(text: string, start: number): number {
  const quote = quoteAt(text, start);
  if (quote !== undefined) return endOfQuoted(text, start + quote.length, quote);
  return OPENING.test(text.charAt(start)) ? endOfBracket(text, start) : endOfWord(text, start);
}

/** The quote that stands here, with the backslashes that JSON within JSON puts before it. */
export function quoteAt(text: string, at: number): string | undefined {
  return TOKEN.exec(text.slice(at, at + 64))?.[0];
}

/** Where the content of a quotation ends: before the same quote, behind as many backslashes as it opened with. */
export function endOfQuoted(text: string, start: number, quote: string): number {
  const sign = quote.replaceAll('\\', '');
  const depth = quote.length - sign.length;
  for (let at = text.indexOf(sign, start); at !== -1; at = text.indexOf(sign, at + 1)) {
    let slashes = 0;
    while (at - slashes > start && text.charAt(at - slashes - 1) === '\\') slashes += 1;
    if (depth === 0 ? slashes % 2 === 0 : slashes === depth) return at - depth;
  }
  return text.length;
}

/** Behind the bracket that closes the one that stands here; brackets in quotations do not count. */
function endOfBracket(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    const quote = mayQuote(text, at) ? quoteAt(text, at) : undefined;
    if (quote !== undefined) at = endOfQuoted(text, at + quote.length, quote) + quote.length - 1;
    else if (OPENING.test(character)) depth += 1;
    else if (CLOSING.test(character)) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

/** An apostrophe within a word quotes nothing. */
function mayQuote(text: string, at: number): boolean {
  const character = text.charAt(at);
  if (character === "'") return /[\s,:=[{(]/.test(text.charAt(at - 1));
  return character === '"' || character === '\\';
}

function endOfWord(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (/[\s&]/.test(character)) return at;
    if (character === '\\' && quoteAt(text, at) !== undefined) return at;
    if (MAYBE_END.test(character) && AFTER_END.test(text.slice(at, at + 64))) return at;
  }
  return text.length;
}
