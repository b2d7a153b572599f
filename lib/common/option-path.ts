/** Longer names are cut in messages. */
const MAX_NAME = 64;

/** The path of an option as it is written in code: `keys[0].secret`. */
export function optionPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part).slice(0, MAX_NAME)}`))
    .join('')
    .replace(/^\./, '');
}
