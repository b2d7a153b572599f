import { AUDIT_EVENT_LEVELS, type AuditEvent, type AuditEventName } from 'nestjs-security';
import { SECURITY_EVENT_LEVELS } from '../../lib/events/vocabulary.js';
import { defaultLevelOf, OWASP_EVENT_LEVELS } from '../../lib/events/owasp-vocabulary.js';

declare module 'nestjs-security' {
  interface DeclaredAuditEvents {
    order_refunded: true;
  }
}

describe('the name of an audit event', () => {
  it('may be one of a vocabulary, or one that the application declares', () => {
    const names: AuditEventName[] = [
      'authn_login_fail',
      'password_refused',
      'audit_gap',
      'order_refunded',
    ];
    expect(names.map((name) => defaultLevelOf(name))).toEqual(['warn', 'warn', 'critical', 'info']);
  });

  it('may be no other: the compiler finds a misspelt one', () => {
    // @ts-expect-error nobody declares this one
    const event: AuditEvent = { event: 'order_refnuded' };
    expect(defaultLevelOf(event.event)).toBe('info');
  });

  it('has the same level in every vocabulary that lists it', () => {
    const lists: readonly Record<string, string>[] = [
      OWASP_EVENT_LEVELS,
      SECURITY_EVENT_LEVELS,
      AUDIT_EVENT_LEVELS,
    ];
    for (const list of lists) {
      for (const [name, level] of Object.entries(list)) expect(defaultLevelOf(name)).toBe(level);
    }
  });

  it('of the log itself begins with audit_', () => {
    expect(Object.keys(AUDIT_EVENT_LEVELS).every((name) => name.startsWith('audit_'))).toBe(true);
  });
});
