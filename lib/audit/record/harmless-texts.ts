import { LRUCache } from 'lru-cache';
import { isHarmless, redactText } from './redact-text.js';
import { quoted } from './json-text.js';
import { isSensitiveName } from './sensitive-names.js';
import { parseNestedJson } from './value-shape.js';

const MAX_KNOWN = 1000;
const MAX_CHARACTERS = 256;
const MAX_NAME = 64;
/** Texts of so many characters are looked up faster than they are read. */
const FASTER_FOUND = 24;

/**
 * Tells which texts may be written as they are, and remembers those that had to be searched for that, such as
 * reasons and user agents, which come again and again. A text that held a secret is never remembered.
 */
export class HarmlessTexts {
  readonly #texts = new LRUCache<string, true>({ max: MAX_KNOWN });
  readonly #names = new LRUCache<string, string>({ max: MAX_KNOWN });

  /** Whether nothing in a text is to be taken out or escaped. Not told of texts of more than 256 characters. */
  has(text: string): boolean {
    if (text.length > MAX_CHARACTERS) return false;
    if (text.length >= FASTER_FOUND && this.#texts.get(text)) return true;
    if (isHarmless(text) || this.#texts.get(text)) return true;
    const stays = isWrittenAsItIs(text);
    if (stays) this.#texts.set(text, true);
    return stays;
  }

  /**
   * A property's name as it stands before its value: `"name":`. Nothing where the name may not be written as it is,
   * or its value has to be replaced for it.
   */
  named(name: string): string | undefined {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    if (name.length > MAX_NAME || !this.has(name) || isSensitiveName(name)) return undefined;
    const written = `"${name}":`;
    this.#names.set(name, written);
    return written;
  }
}

function isWrittenAsItIs(text: string): boolean {
  if (quoted(text) !== `"${text}"` || parseNestedJson(text) !== undefined) return false;
  return redactText(text, () => '') === text;
}
