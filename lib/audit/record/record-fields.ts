import type { Identifier } from '../../events/security-event.js';
import { flatJson } from './flat-json.js';
import { HarmlessTexts } from './harmless-texts.js';
import { toJsonText } from './json-text.js';
import { redact, type PersonalText } from './redact.js';

/** What fields are written with. */
export interface FieldContext {
  readonly pseudonymOf: (identifier: Identifier) => string;
  /** What is written for personal data; `[redacted]` without it. */
  readonly personalText?: PersonalText | undefined;
  /** Tells which texts need not be searched again. @default one of its own */
  readonly harmless?: HarmlessTexts | undefined;
}

/** A field with members of its own, all texts: what stands in JSON before the text of each. */
export interface FieldShape {
  readonly name: string;
  readonly members: readonly {
    readonly name: string;
    /** Before the text of a first member … */
    readonly first: string;
    /** … and of one behind another. */
    readonly next: string;
  }[];
}

/** The shape of a field whose members have this order. */
export function fieldShape(name: string, members: readonly string[]): FieldShape {
  const written = members.map((member) => ({
    name: member,
    first: `,"${name}":{"${member}":"`,
    next: `","${member}":"`,
  }));
  return { name, members: written };
}

/**
 * Writes the fields of a record as JSON text, each with a comma before it and without secrets. A field that
 * is `undefined` is left out.
 */
export class RecordFields {
  readonly #context: FieldContext;
  readonly #harmless: HarmlessTexts;

  constructor(context: FieldContext) {
    this.#context = context;
    this.#harmless = context.harmless ?? new HarmlessTexts();
  }

  /** A field that should be text. */
  text(name: string, value: unknown): string {
    if (value === undefined) return '';
    return typeof value === 'string' ? `,"${name}":"${this.#safe(value)}"` : this.any(name, value);
  }

  /**
   * A field with members of its own, which should be text; these come first, in this order.
   *
   * @param made the member whose text was made here and is known to be safe
   */
  structure(shape: FieldShape, value: unknown, made?: string): string {
    if (value === undefined) return '';
    try {
      const written = this.#ofTexts(shape, value, made);
      if (written !== undefined) return written;
    } catch {
      // A getter threw, or a proxy.
    }
    return this.any(shape.name, value);
  }

  /** A field of any kind. */
  any(name: string, value: unknown): string {
    return value === undefined ? '' : `,"${name}":${this.#flat(value) ?? this.#redacted(value)}`;
  }

  /** A text as it stands between quotes. */
  #safe(text: string): string {
    if (this.#harmless.has(text)) return text;
    return this.#redacted(text).slice(1, -1);
  }

  #redacted(value: unknown): string {
    const { personalText } = this.#context;
    return toJsonText(redact(value, (email) => this.#pseudonymOf(email), personalText));
  }

  #pseudonymOf(email: string): string {
    return this.#context.pseudonymOf({ type: 'email', value: email });
  }

  #flat(value: unknown): string | undefined {
    if (typeof value !== 'object' || value === null) return undefined;
    try {
      return flatJson(value, this.#harmless);
    } catch {
      // A getter threw, or a proxy.
      return undefined;
    }
  }

  /** Nothing for anything but an object with these members only, all of them texts. */
  #ofTexts({ members }: FieldShape, value: unknown, made?: string): string | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const texts: Readonly<Record<string, unknown>> = isPlain(value) ? value : { ...value };
    let written = '';
    let count = 0;
    for (const { name, first, next } of members) {
      if (!isOwn(texts, name)) continue;
      count += 1;
      const text = texts[name];
      if (text === undefined) continue;
      if (typeof text !== 'string') return undefined;
      written += (written === '' ? first : next) + (name === made ? text : this.#safe(text));
    }
    if (count !== Object.keys(texts).length) return undefined;
    return written === '' ? '' : `${written}"}`;
  }
}

/** Whether a member is among those that `Object.keys` gives. */
function isOwn(value: object, name: string): boolean {
  return Object.prototype.propertyIsEnumerable.call(value, name);
}

/** Whether an object can be read as it is, by its own members: no class has given it others. */
function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
