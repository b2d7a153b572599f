import { BadRequestException } from '@nestjs/common';

/**
 * The fields of a JSON body.
 *
 * @throws BadRequestException for anything but an object that has no other fields than these
 */
export function fieldsOf(body: unknown, names: readonly string[]): ReadonlyMap<string, unknown> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
    const fields = new Map<string, unknown>(Object.entries(body));
    if ([...fields.keys()].every((name) => names.includes(name))) return fields;
  }
  throw new BadRequestException(`the body must be a JSON object with: ${names.join(', ')}`);
}

/** @throws BadRequestException for anything but well-formed text of such a length */
export function textOf(
  fields: ReadonlyMap<string, unknown>,
  name: string,
  shortest: number,
  longest: number,
): string {
  const value = fields.get(name);
  // A lone surrogate can be neither hashed, nor encrypted, nor written as UTF-8.
  const isText = typeof value === 'string' && value.isWellFormed();
  if (isText && value.length >= shortest && value.length <= longest) return value;
  throw new BadRequestException(`${name} must be text of ${shortest} to ${longest} characters`);
}
