import { z } from 'zod';
import {
  environmentReaders,
  optionForms,
  optionNotes,
  type OptionNote,
} from '../../lib/common/option-schema.js';
import { environmentVariables } from '../../lib/security.environment.js';
import { securitySchema } from '../../lib/security.options.js';

const START = '<!-- options-start -->';
const END = '<!-- options-end -->';
// One line a row, not padded to columns, so that a change shows as the row that it changes.
const NO_FORMATTING_FROM_HERE = '<!-- prettier-ignore-start -->';
const FORMATTING_FROM_HERE = '<!-- prettier-ignore-end -->';
const CHOSEN_NAME = '<NAME>';

/** An option as the schemas describe it. */
interface Option {
  /** Its path, as it is written in code. */
  readonly path: string;
  readonly about: string;
  readonly type: string;
  readonly byDefault: string;
  readonly variable: string;
}

/** A schema with its wrappers (optional, default, transforms) taken off, and what these said. */
interface Unwrapped {
  readonly schema: z.core.$ZodType;
  readonly note: OptionNote;
  readonly forms: readonly z.core.$ZodType[];
  readonly isNeeded: boolean;
  readonly constant: unknown;
}

/** Every option of the module, in the order of the schemas. Needs no change when an option is added. */
export function allOptions(): Option[] {
  return optionsOf(securitySchema, '', []);
}

/** The page with its table of options replaced by the present one. */
export function withOptionsTable(page: string): string {
  const [before, after] = [page.indexOf(START), page.indexOf(END)];
  if (before === -1 || after < before) throw new Error('the page has lost its two markers');
  const parts = [NO_FORMATTING_FROM_HERE, table(allOptions()), FORMATTING_FROM_HERE].join('\n\n');
  return `${page.slice(0, before + START.length)}\n${parts}\n${page.slice(after)}`;
}

function table(options: readonly Option[]): string {
  const rows = options.map(({ path, about, type, byDefault, variable }) =>
    [`\`${path}\``, about, type, byDefault, variable].join(' | '),
  );
  return [
    'Option | What it is | Type or unit | Default | Variable',
    '--- | --- | --- | --- | ---',
    ...rows,
  ]
    .map((row) => `| ${row} |`)
    .join('\n');
}

function optionsOf(outer: z.core.$ZodType, path: string, names: readonly string[]): Option[] {
  const unwrapped = unwrap(outer);
  const { schema, note, isNeeded, constant } = unwrapped;
  const own: Option = {
    path,
    about: note.about ?? '',
    type: typeOf(outer, schema, note),
    byDefault: isNeeded ? 'needed' : (note.byDefault ?? inCode(constant)),
    variable: variableOf(names),
  };
  // A group says nothing beyond its options, nor does what stands in a list.
  const isListed =
    note.about !== undefined || !(schema instanceof z.ZodObject || path.endsWith('[]'));
  return [...(isListed ? [own] : []), ...childrenOf(unwrapped, path, names)];
}

function childrenOf(
  { schema, forms }: Unwrapped,
  path: string,
  names: readonly string[],
): Option[] {
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape).flatMap(([name, child]) =>
      optionsOf(child, path === '' ? name : `${path}.${name}`, [...names, name]),
    );
  }
  if (schema instanceof z.ZodRecord)
    return optionsOf(schema.valueType, `${path}.<name>`, [...names, CHOSEN_NAME]);
  if (schema instanceof z.ZodArray) return optionsOf(schema.element, `${path}[]`, [...names, '[]']);
  // A form stands in the place of the option itself: only what is within it is listed.
  return forms.flatMap((form) => childrenOf(unwrap(form), path, names));
}

function unwrap(outer: z.core.$ZodType): Unwrapped {
  let schema = outer;
  let note: OptionNote = {};
  let forms: readonly z.core.$ZodType[] = [];
  let isNeeded = true;
  let constant: unknown;
  for (;;) {
    note = { ...optionNotes.get(schema), ...note };
    forms = optionForms.get(schema) ?? forms;
    if (schema instanceof z.ZodOptional) {
      isNeeded = false;
      schema = schema.unwrap();
    } else if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
      isNeeded = false;
      constant = schema.def.defaultValue;
      schema = schema.unwrap();
    } else if (schema instanceof z.ZodPipe) {
      // What prepares a value has no shape; what it leads to has.
      schema = schema.in instanceof z.ZodTransform ? schema.out : schema.in;
    } else {
      return { schema, note, forms, isNeeded, constant };
    }
  }
}

function typeOf(outer: z.core.$ZodType, schema: z.core.$ZodType, { type }: OptionNote): string {
  if (schema instanceof z.ZodNumber)
    return `${type ?? 'number'}, ${schema.minValue} to ${schema.maxValue}`;
  if (type !== undefined) return type;
  if (schema instanceof z.ZodEnum) return schema.options.map(inCode).join(', ');
  if (schema instanceof z.ZodBoolean) return '`true` or `false`';
  if (schema instanceof z.ZodArray) return 'list';
  if (schema instanceof z.ZodRecord) return 'object';
  if (isSecret(outer)) return 'secret';
  return schema instanceof z.ZodString ? 'text' : 'see there';
}

function isSecret(schema: z.core.$ZodType): boolean {
  return environmentReaders.get(schema)?.secret === true;
}

function variableOf(names: readonly string[]): string {
  const found = environmentVariables(securitySchema).find(
    (variable) => variable.path.join('.') === names.join('.'),
  );
  if (!found) return '—';
  return found.secret ? `\`${found.name}\`, or \`…_FILE\`` : `\`${found.name}\``;
}

function inCode(value: unknown): string {
  if (value === undefined) return 'none';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
