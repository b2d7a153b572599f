import type { PseudonymOfEmail } from './detect/find-emails.js';
import { flatJson } from './flat-data.js';
import type { HarmlessTexts } from './harmless-texts.js';
import { quoted, toJsonText } from './json-text.js';
import { isHarmless, redactText } from './redact-text.js';
import { redact, type PersonalText } from './redact.js';

/**
 * Writes the fields of a record as JSON text, each with a comma before it and without secrets. A field that
 * is `undefined` is left out.
 */
export class RecordFields {
  readonly #pseudonymOf: PseudonymOfEmail;
  readonly #personalText: PersonalText | undefined;
  readonly #harmless: HarmlessTexts | undefined;

  constructor(
    pseudonymOf: PseudonymOfEmail,
    { personalText, harmless }: { personalText?: PersonalText; harmless?: HarmlessTexts } = {},
  ) {
    this.#pseudonymOf = pseudonymOf;
    this.#personalText = personalText;
    this.#harmless = harmless;
  }

  /** A field that should be text. */
  text(name: string, value: unknown): string {
    if (value === undefined) return '';
    return typeof value === 'string' ? `,"${name}":${this.#quoted(value)}` : this.any(name, value);
  }

  /** A field with members of its own, which should be text; these come first, in this order. */
  structure(name: string, value: unknown, members: readonly string[]): string {
    if (value === undefined) return '';
    try {
      const written = this.#ofTexts(value, members);
      if (written !== undefined) return written === '' ? '' : `,"${name}":{${written.slice(1)}}`;
    } catch {
      // A getter threw, or a proxy.
    }
    return this.any(name, value);
  }

  /** A field of any kind. */
  any(name: string, value: unknown): string {
    if (value === undefined) return '';
    const json =
      this.#flat(value) ?? toJsonText(redact(value, this.#pseudonymOf, this.#personalText));
    return `,"${name}":${json}`;
  }

  #quoted(text: string): string {
    if (this.#harmless?.has(text) || isHarmless(text)) return `"${text}"`;
    const safe = quoted(redactText(text, this.#pseudonymOf));
    if (safe === `"${text}"`) this.#harmless?.add(text);
    return safe;
  }

  #flat(value: unknown): string | undefined {
    if (typeof value !== 'object' || value === null) return undefined;
    try {
      return flatJson(value);
    } catch {
      // A getter threw, or a proxy.
      return undefined;
    }
  }

  /** Nothing for anything but an object with these members only, all of them texts. */
  #ofTexts(value: unknown, members: readonly string[]): string | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const texts: Readonly<Record<string, unknown>> = { ...value };
    let written = '';
    let known = 0;
    for (const member of members) {
      const text = texts[member];
      if (text === undefined) continue;
      if (typeof text !== 'string') return undefined;
      written += this.text(member, text);
      known += 1;
    }
    const names = Object.keys(texts);
    const isAll = names.length === known || names.every((name) => members.includes(name));
    return isAll ? written : undefined;
  }
}
