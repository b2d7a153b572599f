import type { AuditEvent } from '../lib/audit/record/audit-event.js';

const USERS = 1000;

/** What an application records of a refused login: all fields that such an event has, of one of 1,000 users. */
export function typicalEvent(n: number): AuditEvent {
  const user = n % USERS;
  return {
    event: 'authn_login_fail',
    level: 'warn',
    outcome: 'failure',
    reason: 'wrong_password',
    actor: {
      type: 'user',
      id: `u-${user}`,
      identifier: { type: 'email', value: `user${user}@example.com` },
    },
    target: { type: 'account', id: `a-${user}` },
    origin: { ip: '203.0.113.7', ua: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101' },
    http: { method: 'POST', route: '/accounts/:id/login' },
    details: { attempt: n % 5, note: 'second factor was not asked for' },
  };
}
