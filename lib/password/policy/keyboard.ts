/** Rows and columns of neighbouring keys, as `@zxcvbn-ts/language-common` describes them. */
type Graph = Readonly<Record<string, readonly (string | null)[]>>;

/** Which characters lie next to which on a keyboard. */
export type Keyboard = ReadonlyMap<string, string>;

/** Dvorak is left out: its home row has the vowels side by side, so that ordinary words look like walks. */
const LAYOUTS = ['qwerty', 'qwertz', 'azerty'] as const;

/** Prepares the layouts on which walks are found. */
export function keyboardsOf(
  graphs: Readonly<Record<(typeof LAYOUTS)[number], Graph>>,
): readonly Keyboard[] {
  return LAYOUTS.map((layout) => new Map(Object.entries(graphs[layout]).map(neighboursOf)));
}

function neighboursOf([key, neighbours]: [string, readonly (string | null)[]]): [string, string] {
  return [key, key + neighbours.join('').toLowerCase()];
}

/** Tells whether a finger goes from one key to the next, or stays. */
export function isStep(keyboard: Keyboard, from: string, to: string): boolean {
  return keyboard.get(from)?.includes(to) === true;
}
