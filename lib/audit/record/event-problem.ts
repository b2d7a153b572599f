import { AuditError } from '../../errors/audit.error.js';
import type { Identifier } from '../../events/security-event.js';
import type { AuditEvent } from './audit-event.js';

const EVENT_NAME = /^[a-z][a-z0-9_]{0,63}$/;
const LEVELS: readonly unknown[] = ['info', 'warn', 'critical'];
const OUTCOMES: readonly unknown[] = ['success', 'failure', 'unknown', undefined];

/**
 * Refuses what is no event.
 *
 * @throws AuditError `AUDIT_EVENT_INVALID` for a name, level, outcome, identifier or number that is none
 */
export function assertEvent(event: unknown): asserts event is AuditEvent {
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
