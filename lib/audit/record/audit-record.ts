import { AuditError } from '../../errors/audit.error.js';
import { defaultLevelOf } from '../../events/owasp-vocabulary.js';
import type { AuditActor, AuditEvent } from './audit-event.js';
import { assertEvent } from './event-problem.js';
import { fieldShape, RecordFields, type FieldContext } from './record-fields.js';

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
  /** Whatever else was given as plain data. */
  details?: unknown;
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
export interface RecordContext extends FieldContext {
  /** When it is recorded: ISO 8601, UTC, milliseconds. */
  readonly time: string;
  readonly app?: RecordApp | undefined;
}

const ACTOR = fieldShape('actor', ['type', 'id', 'pseudo', 'tenant']);
const TARGET = fieldShape('target', ['type', 'id']);
const ORIGIN = fieldShape('origin', ['ip', 'ua']);
const HTTP = fieldShape('http', ['method', 'route']);
const APP = fieldShape('app', ['name', 'version', 'instance']);
const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
/** 65,535 bytes a line, less what the log puts in front: version, place, hash and id. */
const MAX_BODY_BYTES = 65_535 - 256;
/** A UTF-16 unit has three bytes in UTF-8 at the most. */
const SURELY_FITS = Math.floor(MAX_BODY_BYTES / 3);

/**
 * Writes the part of a record that does not depend on its place in the log, as JSON text without the
 * opening brace: `"time":…,"event":…}`. Fields have a fixed order; secrets are taken out of all of them.
 * What would be longer than a line may be loses its details, then all but what happened to whom and why.
 *
 * @throws AuditError `AUDIT_EVENT_INVALID` when the event's name, level, outcome or number is not one
 */
export function recordBody(event: AuditEvent, context: RecordContext): string {
  assertEvent(event);
  const body = bodyOf(event, context);
  if (fits(body)) return body;
  const withoutDetails = bodyOf({ ...event, details: { cut: true } }, context);
  if (fits(withoutDetails)) return withoutDetails;
  const { time, pseudonymOf, harmless } = context;
  return bodyOf(essentialsOf(event), { time, pseudonymOf, harmless });
}

/**
 * Reads a line back that this package wrote.
 *
 * @throws AuditError `AUDIT_LOG_DAMAGED` for a line that is no JSON any more, or lacks what every record has
 */
export function parseRecord(line: string): AuditRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // Told below, like JSON of something else.
  }
  if (isRecord(value)) return value;
  throw new AuditError(
    'AUDIT_LOG_DAMAGED',
    'a line of the audit log was changed: it is no record any more. Restore the segment from a backup and look for who changed it',
  );
}

function isRecord(value: unknown): value is AuditRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { seq, id, time, event } = value as Record<string, unknown>;
  return typeof seq === 'number' && [id, time, event].every((text) => typeof text === 'string');
}

function bodyOf(event: AuditEvent, context: RecordContext): string {
  const { app, pseudonymOf } = context;
  const fields = new RecordFields(context);
  const { trace, n } = event;
  const level = event.level ?? defaultLevelOf(event.event, event.outcome);
  return (
    `"time":"${context.time}","event":"${event.event}","level":"${level}"` +
    (event.outcome === undefined ? '' : `,"outcome":"${event.outcome}"`) +
    fields.text('reason', event.reason) +
    fields.structure(ACTOR, actorOf(event.actor, pseudonymOf), 'pseudo') +
    fields.structure(TARGET, event.target) +
    fields.structure(ORIGIN, event.origin) +
    fields.structure(HTTP, event.http) +
    fields.text('req', event.req) +
    (typeof trace === 'string' && TRACE_ID.test(trace) ? `,"trace":"${trace}"` : '') +
    fields.structure(APP, app) +
    fields.any('details', event.details) +
    (n === undefined ? '}' : `,"n":${n}}`)
  );
}

/** The actor as it is written: of the identifier only its pseudonym. */
function actorOf(
  actor: AuditActor | undefined,
  pseudonymOf: RecordContext['pseudonymOf'],
): Partial<Record<'type' | 'id' | 'pseudo' | 'tenant', string>> | undefined {
  if (!actor) return undefined;
  const written: ReturnType<typeof actorOf> = {};
  if (actor.type !== undefined) written.type = actor.type;
  if (actor.id !== undefined) written.id = actor.id;
  if (actor.identifier !== undefined) written.pseudo = pseudonymOf(actor.identifier);
  if (actor.tenant !== undefined) written.tenant = actor.tenant;
  return written;
}

function fits(body: string): boolean {
  return body.length <= SURELY_FITS || Buffer.byteLength(body, 'utf8') <= MAX_BODY_BYTES;
}

/** What happened, to whom and why: at most 16 KiB for each of three fields. */
function essentialsOf(event: AuditEvent): AuditEvent {
  const essentials = { ...event, details: { cut: true } };
  delete essentials.origin;
  delete essentials.http;
  delete essentials.req;
  return essentials;
}
