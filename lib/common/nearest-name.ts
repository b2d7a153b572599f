import { closest, distance } from 'fastest-levenshtein';

const MAX_NAME = 64;

/** The known name that a misspelt one was most likely meant to be; `undefined` when none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0 || name.length > MAX_NAME) return undefined;
  const candidate = closest(
    name.toLowerCase(),
    known.map((each) => each.toLowerCase()),
  );
  const near = distance(name.toLowerCase(), candidate) <= Math.max(2, Math.floor(name.length / 3));
  return near ? known.find((each) => each.toLowerCase() === candidate) : undefined;
}

/** `has no option "kyes". Did you mean "keys"?`, to follow the name of what holds the option. */
export function unknownOption(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  const list = known.length === 0 ? 'none' : known.join(', ');
  const mend = nearest === undefined ? `It knows: ${list}.` : `Did you mean "${nearest}"?`;
  // As JSON, so that no line end or terminal code of a name reaches the log.
  return `has no option ${JSON.stringify(name.slice(0, MAX_NAME))}. ${mend}`;
}
