import type { AuditRecord } from '../audit/record/audit-record.js';
import { toJsonText } from '../audit/record/json-text.js';
import { AuditError } from '../errors/audit.error.js';
import { harmless } from './terminal.js';

/**
 * Writes a record in one line, without anything that a terminal would obey, even where the log was falsified.
 *
 * @throws AuditError `AUDIT_LOG_DAMAGED` for a record that is nested deeper than can be written
 */
export function recordLine(record: AuditRecord, form: 'json' | 'text'): string {
  try {
    return form === 'json' ? toJsonText(record) : textLine(record);
  } catch (cause) {
    const message = `record ${record.id} is nested deeper than any that the log writes: verify the log with nestjs-security audit verify`;
    throw new AuditError('AUDIT_LOG_DAMAGED', message, { cause });
  }
}

function textLine(record: AuditRecord): string {
  const { time, level, event } = record;
  const actor = fieldsOf(record['actor']);
  const target = fieldsOf(record['target']);
  const origin = fieldsOf(record['origin']);
  const words = [
    time,
    level,
    event,
    record['outcome'],
    record['reason'],
    named('by', actor['type'], actor['id'] ?? actor['pseudo']),
    named('on', target['type'], target['id']),
    origin['ip'] === undefined ? undefined : `from ${shown(origin['ip'])}`,
    record['n'] === undefined ? undefined : `x ${shown(record['n'])}`,
    `[${shown(record.id)}]`,
  ];
  return words.flatMap((word) => (word === undefined ? [] : shown(word))).join(' ');
}

function named(word: string, type: unknown, id: unknown): string | undefined {
  const parts = [type, id].flatMap((part) => (part === undefined ? [] : shown(part)));
  return parts.length === 0 ? undefined : `${word} ${parts.join(':')}`;
}

function shown(value: unknown): string {
  return harmless(typeof value === 'string' ? value : JSON.stringify(value));
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
