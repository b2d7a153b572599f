import assert from 'node:assert/strict';
import { eventsInAuditFolder } from './audit-file.js';
import type { Output } from './run.js';

/** What `exercise()` of the applications has to find, in every one of them alike. */
const EXPECTED = {
  statuses: {
    'no API key': 401,
    'wrong API key': 401,
    'right API key': 200,
    'signed webhook': 204,
    'changed webhook': 401,
  },
  whoami: { id: 'ci' },
  passwords: { right: true, wrong: false, django: true, bcrypt: 'PWD_BACKEND_UNAVAILABLE' },
  policy: ['blocked'],
  decrypted: 'a note',
  oneTimePassword: { ok: true, qrCode: 'SECRET_QR_UNAVAILABLE' },
  argon2Loaded: { afterBoot: false, afterHash: true },
};

const EVENTS = [
  'api_key_used',
  'api_key_refused',
  'api_key_refused',
  'webhook_refused',
  'password_verified',
  'password_refused',
  'password_verified',
  'exercise_done',
];

/**
 * Checks what an application printed after it had used every service, and what is in its audit log.
 *
 * @returns the version of Node that it ran on
 * @throws AssertionError for anything else than what every application has to find
 */
export function assertServicesAtWork({ stdout }: Output, auditFolder: string): string {
  const { node, ...findings } = JSON.parse(stdout) as { node: string };
  assert.deepEqual(findings, EXPECTED);
  assert.deepEqual(eventsInAuditFolder(auditFolder), EVENTS);
  return node;
}
