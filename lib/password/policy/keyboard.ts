/** The keys around each, by direction, as `@zxcvbn-ts/language-common` describes them. */
type Graph = Readonly<Record<string, readonly (string | null)[]>>;

/** Which characters lie next to which on a keyboard, by direction. */
export type Keyboard = ReadonlyMap<string, readonly string[]>;

/** Dvorak is left out: its home row has the vowels side by side, so that ordinary words look like walks. */
const LAYOUTS = ['qwerty', 'qwertz', 'azerty'] as const;

/** Prepares the layouts on which walks are found. */
export function keyboardsOf(
  graphs: Readonly<Record<(typeof LAYOUTS)[number], Graph>>,
): readonly Keyboard[] {
  return LAYOUTS.map((layout) => new Map(Object.entries(graphs[layout]).map(neighboursOf)));
}

function neighboursOf([key, neighbours]: [string, readonly (string | null)[]]) {
  return [key, neighbours.map((characters) => characters?.toLowerCase() ?? '')] as const;
}

/** In which direction the next key lies; -1 for one that is no neighbour. */
export function directionOf(keyboard: Keyboard, from: string, to: string): number {
  return keyboard.get(from)?.findIndex((characters) => characters.includes(to)) ?? -1;
}

/** Tells whether a finger goes on to the next key in a direction. */
export function isStep(keyboard: Keyboard, direction: number, from: string, to: string): boolean {
  return keyboard.get(from)?.[direction]?.includes(to) === true;
}
