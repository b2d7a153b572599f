import type { PseudonymsOf, RecordFilter } from './record-filter.js';

/** Texts that JSON writes as they are. */
const PLAIN = /^[A-Za-z0-9_.:@/+ -]*$/;

/**
 * A quick look at lines that lets every record pass which meets a filter, and few others: most records are told
 * apart by a byte search, without reading them as JSON.
 */
export function lineSieve(
  filter: RecordFilter,
  pseudonymsOf: PseudonymsOf,
): (line: Buffer) => boolean {
  const events = typeof filter.event === 'string' ? [filter.event] : filter.event;
  const identifier = filter.actor?.identifier;
  const groups = [
    events?.map((event) => member('event', event)),
    identifier && pseudonymsOf(identifier).map((pseudonym) => member('pseudo', pseudonym)),
    one('level', filter.level),
    one('outcome', filter.outcome),
    one('tenant', filter.actor?.tenant),
    one('id', filter.actor?.id),
    one('type', filter.target?.type),
    one('id', filter.target?.id),
  ].flatMap((group) => (group === undefined ? [] : [needles(group)]));
  const useful = groups.filter((group) => group !== undefined);
  return (line) => useful.every((group) => group.some((needle) => line.includes(needle)));
}

function one(name: string, value: string | undefined): string[] | undefined {
  return value === undefined ? undefined : [member(name, value)];
}

function member(name: string, value: string): string {
  return PLAIN.test(value) ? `"${name}":"${value}"` : '';
}

/** Nothing where one of the texts could be spelled in several ways. */
function needles(group: readonly string[]): Buffer[] | undefined {
  return group.includes('') ? undefined : group.map((text) => Buffer.from(text));
}
