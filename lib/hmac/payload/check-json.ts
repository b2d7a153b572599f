import { MacError } from '../../errors/mac.error.js';

/** A value that JSON spells: no class instance, no `undefined`, no number that is not finite. */
export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** What a canonical form does not allow although JSON does; a plain text that says so, or `undefined`. */
export type NumberRule = (value: number) => string | undefined;

/**
 * A copy of a value, after refusing whatever JSON does not spell, or spells in more than one way. A cycle is found
 * by its depth. All is read once, and the copy has nothing but its own members: accessors, proxies and `toJSON` that
 * would answer otherwise later have no say in what is signed.
 *
 * @param maxDepth how many arrays and objects may stand within one another
 * @throws MacError `MAC_PAYLOAD_UNFIT` for `undefined`, holes in arrays, functions, symbols, BigInt, NaN and
 * infinities, lone surrogates (in names, too), class instances, and what is nested deeper
 */
export function copyJson(
  value: unknown,
  maxDepth: number,
  judgeNumber: NumberRule = () => undefined,
): JsonValue {
  return copyOf(value, maxDepth, judgeNumber);
}

function copyOf(value: unknown, levels: number, judgeNumber: NumberRule): JsonValue {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return checkText(value);
  if (typeof value === 'number') return checkNumber(value, judgeNumber);
  if (typeof value !== 'object') throw unfit(`has a value of the type ${typeof value}`);
  if (levels === 0) throw unfit('has a cycle, or is nested too deeply');
  return Array.isArray(value)
    ? copyOfList(value, levels - 1, judgeNumber)
    : copyOfObject(value, levels - 1, judgeNumber);
}

function copyOfList(
  list: readonly unknown[],
  levels: number,
  judgeNumber: NumberRule,
): readonly JsonValue[] {
  const copy: JsonValue[] = [];
  const { length } = list;
  // By index: lists may bring an iterator of their own.
  for (let at = 0; at < length; at += 1) copy.push(copyOf(list[at], levels, judgeNumber));
  return copy;
}

function copyOfObject(value: object, levels: number, judgeNumber: NumberRule): JsonValue {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Objects of another realm have a prototype of their own, which has none either.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw unfit('has a class instance: give a plain object');
  }
  // Without a prototype, a member called __proto__ is one like any other.
  const copy: Record<string, JsonValue> = Object.create(null);
  for (const [name, member] of Object.entries(value)) {
    copy[checkText(name)] = copyOf(member, levels, judgeNumber);
  }
  return copy;
}

function checkText(text: string): string {
  if (text.isWellFormed()) return text;
  throw unfit('has text with a lone surrogate');
}

function checkNumber(value: number, judgeNumber: NumberRule): number {
  const problem = Number.isFinite(value) ? judgeNumber(value) : 'has NaN or an infinite number';
  if (problem === undefined) return value;
  throw unfit(problem);
}

function unfit(problem: string): MacError {
  return new MacError('MAC_PAYLOAD_UNFIT', `the payload ${problem}`, { status: 400 });
}
