import type { Identifier } from '../../events/security-event.js';
import type { AuditActor, AuditEvent } from './audit-event.js';
import { readProperty, UNREADABLE } from './value-shape.js';

const FIELDS = [
  'event',
  'level',
  'outcome',
  'reason',
  'target',
  'origin',
  'http',
  'req',
  'trace',
  'details',
  'n',
];

/**
 * What an event says, each of its fields read once: a getter may say something else the next time, or throw. What
 * cannot be read is `[unreadable]`. What is no object is given back as it is.
 */
export function readEvent(event: AuditEvent): AuditEvent {
  if (typeof event !== 'object' || event === null) return event;
  try {
    return fieldsOf(event);
  } catch {
    const fields = FIELDS.map((name): [string, unknown] => [name, readProperty(event, name)]);
    return { ...Object.fromEntries(fields), actor: readActor(event) } as unknown as AuditEvent;
  }
}

/** In one literal: an object that is spread into another takes ten times as long, and is read at half the speed. */
function fieldsOf(given: AuditEvent): AuditEvent {
  return {
    event: given.event,
    level: given.level,
    outcome: given.outcome,
    reason: given.reason,
    actor: actorOf(given.actor),
    target: given.target,
    origin: given.origin,
    http: given.http,
    req: given.req,
    trace: given.trace,
    details: given.details,
    n: given.n,
  } as AuditEvent;
}

function readActor(event: AuditEvent): AuditActor | undefined {
  try {
    return actorOf(event.actor);
  } catch {
    return { type: UNREADABLE };
  }
}

function actorOf(actor: AuditActor | string | null | undefined): AuditActor | undefined {
  if (actor === undefined || actor === null) return undefined;
  if (typeof actor === 'string') return { id: actor };
  const { type, id, identifier, tenant } = actor;
  return {
    type,
    id,
    identifier: isPair(identifier) ? pairOf(identifier) : identifier,
    tenant,
  } as AuditActor;
}

function isPair<T>(identifier: T | undefined): identifier is T & object {
  return typeof identifier === 'object' && identifier !== null;
}

function pairOf({ type, value }: Identifier): Identifier {
  return { type, value };
}
