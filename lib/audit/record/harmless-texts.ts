import { LRUCache } from 'lru-cache';

const MAX_TEXTS = 1000;
const MIN_CHARACTERS = 32;
const MAX_CHARACTERS = 256;

/**
 * Remembers texts that had to be searched and held nothing, such as user agents, which come again and again.
 * A text that held a secret is never among them.
 */
export class HarmlessTexts {
  readonly #texts = new LRUCache<string, true>({ max: MAX_TEXTS });

  has(text: string): boolean {
    return isWorthwhile(text) && this.#texts.get(text) !== undefined;
  }

  add(text: string): void {
    if (isWorthwhile(text)) this.#texts.set(text, true);
  }
}

/** A short text is searched as fast as it is found. */
function isWorthwhile({ length }: string): boolean {
  return length >= MIN_CHARACTERS && length <= MAX_CHARACTERS;
}
