import type { PseudonymOfEmail } from './detect/find-emails.js';
import { toJsonText } from './json-text.js';
import { quotedWithoutSecrets } from './redact-text.js';
import { redact, type PersonalText } from './redact.js';

/**
 * Writes the fields of a record as JSON text, each with a comma before it and without secrets. A field that
 * is `undefined` is left out.
 */
export class RecordFields {
  readonly #pseudonymOf: PseudonymOfEmail;
  readonly #personalText: PersonalText | undefined;

  constructor(pseudonymOf: PseudonymOfEmail, personalText?: PersonalText) {
    this.#pseudonymOf = pseudonymOf;
    this.#personalText = personalText;
  }

  /** A field that should be text. */
  text(name: string, value: unknown): string {
    if (value === undefined) return '';
    return typeof value === 'string'
      ? `,"${name}":${quotedWithoutSecrets(value, this.#pseudonymOf)}`
      : this.any(name, value);
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
    const personalText = this.#personalText;
    return `,"${name}":${toJsonText(redact(value, this.#pseudonymOf, personalText))}`;
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
