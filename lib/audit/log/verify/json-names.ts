/**
 * How many names of fields stand in a JSON text. Where these are more than the value that was parsed has, one
 * stands twice in an object, and `JSON.parse` has kept the last.
 *
 * @param text valid JSON
 */
export function countJsonNames(text: string): number {
  const colon = /\s*:/y;
  let names = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at)) {
    colon.lastIndex = endOfText(text, at);
    at = colon.lastIndex;
    // Only behind a name there is a colon.
    if (colon.test(text)) names += 1;
  }
  return names;
}

/** Where a text ends, behind its quote. */
function endOfText(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
