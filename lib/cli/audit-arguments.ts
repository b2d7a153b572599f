import { InvalidArgumentError, type Command } from 'commander';

const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;

const DAY_LENGTH = '2026-11-27'.length;

/** Reads a moment: a date, which begins at midnight UTC, or a time with its zone. */
export function moment(text: string): Date {
  const date = new Date(DATE.test(text) && isDay(text.slice(0, DAY_LENGTH)) ? text : NaN);
  if (!Number.isNaN(date.getTime())) return date;
  throw new InvalidArgumentError(
    'A date such as 2026-11-27, or a time such as 2026-11-27T02:30:00Z, is needed.',
  );
}

/** Dates take the 31st of February for the 3rd of March. */
function isDay(text: string): boolean {
  const day = new Date(text);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** Collects an option that can be given several times. */
export function several(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** Adds the option that proofs are to lead to what is kept elsewhere. */
export function addAnchorOption(command: Command): Command {
  return command.option(
    '--anchor <folder>',
    'prove by the newest checkpoint that is kept there, where it covers the record; several',
    several,
  );
}

/** Reads an identifier: its type, a colon, its value. */
export function identifier(text: string): { readonly type: string; readonly value: string } {
  const [, type = '', value = ''] = /^([^:]+):(.+)$/s.exec(text) ?? [];
  if (value !== '') return { type, value };
  throw new InvalidArgumentError('A type and a value are needed, such as email:alice@example.com.');
}
