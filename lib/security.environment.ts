import { z } from 'zod';
import { environmentReaders, type EnvironmentReader } from './common/option-schema.js';

/** A variable from which an option can be read. */
export interface EnvironmentVariable extends EnvironmentReader {
  /** Its name; `<NAME>` stands for a name that the user chooses, as in `SECURITY_WEBHOOK_RECEIVERS_<NAME>_SECRET`. */
  readonly name: string;
  /** The path of the option. */
  readonly path: readonly string[];
}

const PREFIX = 'SECURITY';
const CHOSEN = '<NAME>';

/** Every variable that a schema of options can be read from, in the order of the options. */
export function environmentVariables(
  schema: z.core.$ZodType,
  path: readonly string[] = [],
): EnvironmentVariable[] {
  const reader = environmentReaders.get(schema);
  if (reader) return [{ ...reader, name: variableName(path), path }];
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape).flatMap(([name, child]) =>
      environmentVariables(child, [...path, name]),
    );
  }
  if (schema instanceof z.ZodRecord)
    return environmentVariables(schema.valueType, [...path, CHOSEN]);
  const inner = innerSchema(schema);
  return inner ? environmentVariables(inner, path) : [];
}

/** Finds the variable that a name stands for, with the path of its option. */
export function matchVariable(
  name: string,
  variables: readonly EnvironmentVariable[],
): { variable: EnvironmentVariable; path: readonly string[] } | undefined {
  for (const variable of variables) {
    const [before = '', after] = variable.name.split(CHOSEN);
    if (after === undefined ? name === before : isFramedBy(name, before, after)) {
      const chosen = name.slice(
        before.length,
        after === undefined ? 0 : -after.length || undefined,
      );
      const chosenName = chosen.toLowerCase().replaceAll('_', '-');
      return { variable, path: variable.path.map((part) => (part === CHOSEN ? chosenName : part)) };
    }
  }
  return undefined;
}

function isFramedBy(name: string, before: string, after: string): boolean {
  return (
    name.startsWith(before) && name.endsWith(after) && name.length > before.length + after.length
  );
}

function innerSchema(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  ) {
    return schema.unwrap();
  }
  return schema instanceof z.ZodPipe ? schema.in : undefined;
}

/** `['password', 'memoryKiB']` gives `SECURITY_PASSWORD_MEMORY_KIB`. */
function variableName(path: readonly string[]): string {
  const words = path.map((part) =>
    part === CHOSEN
      ? part
      : part
          .replace(/[KM]iB/, (unit) => `${unit.slice(0, 2)}b`)
          .replace(/[A-Z]/g, (letter) => `_${letter}`)
          .toUpperCase(),
  );
  return [PREFIX, ...words].join('_');
}
