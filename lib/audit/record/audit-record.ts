import type { Identifier } from '../../events/security-event.js';
import { defaultLevelOf } from '../../events/owasp-vocabulary.js';
import { AuditError } from '../../errors/audit.error.js';
import type { AuditActor, AuditEvent } from './audit-event.js';
import { toJsonText } from './json-text.js';
import { redact, type JsonValue } from './redact.js';

/** A record as it stands in the log, read back. */
export interface AuditRecord {
  /** The version of the record's form: 1. */
  v: number;
  /** The place in the stream, counted from 0 without gaps. */
  seq: number;
  /** 64 hexadecimal digits: the leaf hash of the record before. */
  prev: string;
  /** `<stream>:<seq>`, unique everywhere. */
  id: string;
  /** When it was recorded: ISO 8601, UTC, milliseconds. */
  time: string;
  /** What happened. */
  event: string;
  /** `info`, `warn` or `critical`. */
  level: string;
  /** The fields that are known of it, as `docs/audit.md` lists them. */
  [field: string]: unknown;
}

/** Which application wrote a record, and which of its processes. */
export interface RecordApp {
  /** The name of the application. */
  readonly name?: string | undefined;
  /** Its version. */
  readonly version?: string | undefined;
  /** The process, container or host. */
  readonly instance?: string | undefined;
}

/** What a record needs beside the event. */
export interface RecordContext {
  /** The time in milliseconds. */
  readonly now: number;
  readonly app?: RecordApp;
  readonly pseudonymOf: (identifier: Identifier) => string;
}

const EVENT_NAME = /^[a-z][a-z0-9_]{0,63}$/;
const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const LEVELS: readonly unknown[] = ['info', 'warn', 'critical'];
const OUTCOMES: readonly unknown[] = ['success', 'failure', 'unknown', undefined];
/** 65,535 bytes a line, less what the log puts in front: version, place, hash and id. */
const MAX_BODY_BYTES = 65_535 - 256;

/**
 * Writes the part of a record that does not depend on its place in the log, as JSON text without the
 * opening brace: `"time":…,"event":…}`. Fields have a fixed order; secrets are taken out of all of them.
 *
 * @throws AuditError `AUDIT_EVENT_INVALID` when the event's name, level, outcome or number is not one
 */
export function recordBody(event: AuditEvent, context: RecordContext): string {
  assertEvent(event);
  const body = toJsonText(fieldsOf(event, context));
  const fits = Buffer.byteLength(body, 'utf8') <= MAX_BODY_BYTES;
  return (fits ? body : toJsonText(fieldsOf(withoutOptionalFields(event), context))).slice(1);
}

/**
 * Reads a line back that this package wrote.
 *
 * @throws AuditError `AUDIT_LOG_DAMAGED` for a line that is no JSON any more
 */
export function parseRecord(line: string): AuditRecord {
  try {
    return JSON.parse(line) as AuditRecord;
  } catch {
    throw new AuditError(
      'AUDIT_LOG_DAMAGED',
      'a line of the audit log was changed: it is no JSON any more. Restore the segment from a backup and look for who changed it',
    );
  }
}

function fieldsOf(
  event: AuditEvent,
  { now, app, pseudonymOf }: RecordContext,
): Record<string, JsonValue> {
  const clean = (value: unknown): JsonValue | undefined =>
    value === undefined
      ? undefined
      : redact(value, (address) => pseudonymOf({ type: 'email', value: address }));
  const fields = {
    time: new Date(now).toISOString(),
    event: event.event,
    level: event.level ?? defaultLevelOf(event.event, event.outcome),
    outcome: event.outcome,
    reason: clean(event.reason),
    actor: event.actor && clean(withPseudonym(event.actor, pseudonymOf)),
    target: clean(event.target),
    origin: clean(event.origin),
    http: clean(event.http),
    req: clean(event.req),
    trace: event.trace !== undefined && TRACE_ID.test(event.trace) ? event.trace : undefined,
    app: clean(app),
    details: clean(event.details),
    n: event.n,
  };
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
  );
}

function withPseudonym(actor: AuditActor, pseudonymOf: RecordContext['pseudonymOf']): object {
  const { identifier, type, id, tenant } = actor;
  const pseudo = identifier && pseudonymOf(identifier);
  return {
    ...(type && { type }),
    ...(id && { id }),
    ...(pseudo && { pseudo }),
    ...(tenant && { tenant }),
  };
}

function withoutOptionalFields({ event, level, outcome, n }: AuditEvent): AuditEvent {
  return {
    event,
    ...(level && { level }),
    ...(outcome && { outcome }),
    details: { cut: true },
    ...(n && { n }),
  };
}

/** @throws AuditError `AUDIT_EVENT_INVALID` when the event's name, level, outcome or number is not one */
export function assertEvent(event: AuditEvent): void {
  const problem = problemOf(event);
  if (problem !== undefined)
    throw new AuditError('AUDIT_EVENT_INVALID', `an audit event ${problem}`);
}

function problemOf(event: unknown): string | undefined {
  if (typeof event !== 'object' || event === null) return 'must be an object';
  const {
    event: name,
    level = 'info',
    outcome,
    n = 1,
  } = event as Partial<Record<keyof AuditEvent, unknown>>;
  if (typeof name !== 'string' || !EVENT_NAME.test(name))
    return 'needs a name of 1 to 64 of a-z 0-9 _, a letter first';
  if (!LEVELS.includes(level)) return 'has a level other than info, warn, critical';
  if (!OUTCOMES.includes(outcome)) return 'has an outcome other than success, failure, unknown';
  if (!isIdentifierOrNone(event)) return 'has an identifier without a type and a value';
  if (!Number.isSafeInteger(n) || Number(n) < 1)
    return 'has a number n that is no whole number above 0';
  return undefined;
}

function isIdentifierOrNone({ actor }: Partial<AuditEvent>): boolean {
  const identifier: unknown = actor?.identifier;
  if (identifier === undefined) return true;
  if (typeof identifier !== 'object' || identifier === null) return false;
  const { type, value } = identifier as Partial<Record<keyof Identifier, unknown>>;
  return typeof type === 'string' && typeof value === 'string';
}
