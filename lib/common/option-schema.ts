import { z } from 'zod';
import { unknownOption } from './nearest-name.js';
import { REDACTED, Secret } from './secret.js';

/** How an option is read from the text of an environment variable. */
export interface EnvironmentReader {
  /** Gives the option's value for the text of its variable. */
  read(text: string): unknown;
  /** A secret may also be given as a file, named by the variable with `_FILE` at its end. */
  secret?: boolean;
}

/** Which schemas can be filled from an environment variable, and how. */
export const environmentReaders = z.registry<EnvironmentReader>();

/** What `docs/configuration.md` says of an option that its schema cannot tell by itself. */
export interface OptionNote {
  /** What the option is, in a few words. */
  about?: string;
  /** What a number counts, or of which kind a value is whose schema does not tell. */
  type?: string;
  /** What holds without the option, in words, when it is no constant. */
  byDefault?: string;
}

/** The notes to the options, each beside its schema. A test fails for an option without one. */
export const optionNotes = z.registry<OptionNote>();

/** The schemas by one of which an option is judged, where code decides by which. */
export const optionForms = new WeakMap<z.core.$ZodType, readonly z.core.$ZodType[]>();

/** The command that makes a key, shown wherever a key is missing or unfit. */
export const MAKE_A_KEY = `Make one with: node -p "crypto.randomBytes(32).toString('base64url')"`;

/** So many unknown options are named in a message. */
const MAX_NAMED = 10;

/** A group of options. An unknown one is an error that names the nearest known one. */
export function optionGroup<Shape extends z.core.$ZodLooseShape>(shape: Shape, example: string) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys
            .slice(0, MAX_NAMED)
            .map((key) => unknownOption(key, known))
            .join(' It also ')
        : `must be an object such as ${example}.`,
  });
}

/** A whole number within bounds; `unit` completes the sentence "must be a whole number of …". */
export function wholeNumber(unit: string, min: number, max: number): z.ZodNumber {
  const error = `must be a whole number of ${unit} from ${min} to ${max}.`;
  const schema = z.int({ error }).min(min, { error }).max(max, { error });
  optionNotes.add(schema, { type: unit });
  return readAsNumber(schema);
}

function readAsNumber<S extends z.ZodNumber>(schema: S): S {
  // Anything but plain digits becomes NaN, which the schema refuses: Number('') would be 0.
  environmentReaders.add(schema, {
    read: (value) => (/^\d{1,15}$/.test(value) ? Number(value) : NaN),
  });
  return schema;
}

/** One of several names. */
export function nameOf<const Name extends string>(names: readonly [Name, ...Name[]]) {
  const schema = z.enum(names, { error: `must be one of ${names.join(', ')}.` });
  environmentReaders.add(schema, { read: (value) => value });
  return schema;
}

/** `true` or `false`. */
export function flag(): z.ZodBoolean {
  const schema = z.boolean({ error: 'must be true or false.' });
  environmentReaders.add(schema, {
    read: (value) => (value === 'true' || value === 'false' ? value === 'true' : value),
  });
  return schema;
}

/** A non-empty text. */
export function text(error: string): z.ZodString {
  const schema = z.string({ error }).min(1, { error });
  environmentReaders.add(schema, { read: (value) => value });
  return schema;
}

/** A function that tells the time. */
export function clock() {
  return z
    .custom<() => number>((value) => typeof value === 'function', {
      error: 'must be a function that returns milliseconds.',
    })
    .register(optionNotes, { type: 'function' });
}

/**
 * A secret given as text or as a {@link Secret}; leaves the schema as a `Secret`. A check that fails
 * says what is wrong and never shows the text.
 *
 * @param mend what to do when it is missing
 */
export function secretText(mend: string) {
  const schema = z.custom<string | Secret>().transform((value, context): Secret => {
    const revealed: unknown = value instanceof Secret ? value.reveal() : value;
    const problem = problemOfSecret(revealed);
    if (problem === undefined && typeof revealed === 'string') return Secret.of(revealed);
    context.addIssue({ code: 'custom', message: `${problem} ${mend}` });
    return z.NEVER;
  });
  environmentReaders.add(schema, { read: (value) => value, secret: true });
  return schema;
}

function problemOfSecret(value: unknown): string | undefined {
  if (value === undefined) return 'is undefined.';
  if (typeof value !== 'string') return 'must be a text or a Secret.';
  if (value === '') return 'is empty.';
  if (value === REDACTED) return 'is the text "[redacted]": the secret was printed and read back.';
  if (!value.isWellFormed()) return 'has a lone surrogate.';
  if (value.trim() !== value) return 'begins or ends with white space.';
  return undefined;
}

/** Splits `a, b,c`, or one item a line, into its items; an empty text has none. */
export function splitList(list: string): string[] {
  return list.trim() === ''
    ? []
    : list
        .trim()
        .split(/[,\n]/)
        .map((item) => item.trim());
}

/** Splits a list by {@link splitList}, and each item at its first colon; one without a colon has no name. */
export function splitPairs(list: string): { name: string; value: string }[] {
  return splitList(list).map((item) => {
    const colon = item.indexOf(':');
    return { name: item.slice(0, Math.max(colon, 0)), value: item.slice(colon + 1) };
  });
}
