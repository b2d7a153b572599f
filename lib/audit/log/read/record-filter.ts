import { checkWhole } from '../../../common/check-whole.js';
import type { Identifier } from '../../../events/security-event.js';
import type { EventLevel } from '../../../events/vocabulary.js';
import type { AuditRecord } from '../../record/audit-record.js';

/** Which records are asked for: those that meet every field that is given. */
export interface RecordFilter {
  /** The stream, such as `0-9q3k1z0c`. @default all streams */
  readonly stream?: string;
  /** What happened: one name or several. */
  readonly event?: string | readonly string[];
  /** How grave it is. */
  readonly level?: EventLevel;
  /** How it ended. */
  readonly outcome?: 'success' | 'failure' | 'unknown';
  /** Who acted. */
  readonly actor?: {
    /** The id of the actor, as it was recorded. */
    readonly id?: string;
    /** An e-mail address or a name: found by its pseudonyms under every key that is held. */
    readonly identifier?: Identifier;
    /** The tenant on whose behalf. */
    readonly tenant?: string;
  };
  /** What was acted upon. */
  readonly target?: { readonly type?: string; readonly id?: string };
  /** Not recorded before this moment, … */
  readonly since?: Date;
  /** … nor at this one or later. */
  readonly until?: Date;
  /** How many at the most, 1 to 1000. @default 100 */
  readonly limit?: number;
}

/** Gives the pseudonyms of an identifier, one for every key that is held. */
export type PseudonymsOf = (identifier: Identifier) => readonly string[];

const MAX_LIMIT = 1000;
const DEFAULT_LIMIT = 100;

/**
 * How many records a filter asks for.
 *
 * @throws RangeError for a limit that is none, or a moment that is no date
 */
export function limitOf({ limit = DEFAULT_LIMIT, since, until }: RecordFilter): number {
  checkWhole(limit, 'limit', 1, MAX_LIMIT);
  for (const date of [since, until]) {
    if (date && Number.isNaN(date.getTime())) throw new RangeError('since and until must be dates');
  }
  return limit;
}

/** Whether records meet a filter. */
export function recordTest(
  filter: RecordFilter,
  pseudonymsOf: PseudonymsOf,
): (record: AuditRecord) => boolean {
  const events = typeof filter.event === 'string' ? [filter.event] : filter.event;
  const identifier = filter.actor?.identifier;
  const pseudonyms = identifier && pseudonymsOf(identifier);
  const since = filter.since?.getTime() ?? -Infinity;
  const until = filter.until?.getTime() ?? Infinity;
  return (record) => {
    const actor = fieldsOf(record['actor']);
    const target = fieldsOf(record['target']);
    const time = Date.parse(record.time);
    return (
      (!events || events.includes(record.event)) &&
      isOrAny(filter.level, record.level) &&
      isOrAny(filter.outcome, record['outcome']) &&
      isOrAny(filter.actor?.id, actor['id']) &&
      isOrAny(filter.actor?.tenant, actor['tenant']) &&
      (!pseudonyms || pseudonyms.some((pseudonym) => pseudonym === actor['pseudo'])) &&
      isOrAny(filter.target?.type, target['type']) &&
      isOrAny(filter.target?.id, target['id']) &&
      time >= since &&
      time < until
    );
  };
}

function isOrAny(wanted: string | undefined, found: unknown): boolean {
  return wanted === undefined || wanted === found;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
