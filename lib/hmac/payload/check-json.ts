import { MacError } from '../../errors/mac.error.js';

/** A value that JSON spells: no class instance, no `undefined`, no number that is not finite. */
export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** What a canonical form does not allow although JSON does; a plain text that says so, or `undefined`. */
export type NumberRule = (value: number) => string | undefined;

/**
 * Refuses whatever JSON does not spell, or spells in more than one way. A cycle is found by its depth.
 *
 * @param maxDepth how many arrays and objects may stand within one another
 * @throws MacError `MAC_PAYLOAD_UNFIT` for `undefined`, holes in arrays, functions, symbols, BigInt, NaN and
 * infinities, lone surrogates (in names, too), class instances, and what is nested deeper
 */
export function checkJson(
  value: unknown,
  maxDepth: number,
  judgeNumber: NumberRule = () => undefined,
): asserts value is JsonValue {
  const problem = problemOf(value, maxDepth, judgeNumber);
  if (problem === undefined) return;
  throw new MacError('MAC_PAYLOAD_UNFIT', `the payload ${problem}`, { status: 400 });
}

function problemOf(value: unknown, levels: number, judgeNumber: NumberRule): string | undefined {
  if (value === null || typeof value === 'boolean') return undefined;
  if (typeof value === 'string') return problemOfText(value);
  if (typeof value === 'number') {
    return Number.isFinite(value) ? judgeNumber(value) : 'has NaN or an infinite number';
  }
  if (typeof value !== 'object') return `has a value of the type ${typeof value}`;
  if (levels === 0) return 'has a cycle, or is nested too deeply';
  return Array.isArray(value)
    ? problemOfAny(Array.from<unknown>(value), levels - 1, judgeNumber)
    : problemOfObject(value, levels - 1, judgeNumber);
}

function problemOfObject(
  value: object,
  levels: number,
  judgeNumber: NumberRule,
): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Objects of another realm have a prototype of their own, which has none either.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    return 'has a class instance: give a plain object';
  }
  for (const name of Object.keys(value)) {
    const problem = problemOfText(name);
    if (problem !== undefined) return problem;
  }
  return problemOfAny(Object.values(value), levels, judgeNumber);
}

function problemOfAny(
  values: readonly unknown[],
  levels: number,
  judgeNumber: NumberRule,
): string | undefined {
  for (const value of values) {
    const problem = problemOf(value, levels, judgeNumber);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOfText(text: string): string | undefined {
  return text.isWellFormed() ? undefined : 'has text with a lone surrogate';
}
