/** Every match of a global pattern. Most texts have none, which is found out without making anything. */
export function matchesOf(text: string, pattern: RegExp): Iterable<RegExpExecArray> {
  return text.search(pattern) === -1 ? [] : text.matchAll(pattern);
}
