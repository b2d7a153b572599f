import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { createSecretKey } from 'node:crypto';
import { pseudonymOf } from '../../lib/audit/record/pseudonym.js';
import { recordBody } from '../../lib/audit/record/audit-record.js';
import type { AuditEvent, PurposeKey } from 'nestjs-security';

const app = { name: 'shop', version: '1.2.3', instance: 'a-1' };
const context = {
  time: '1970-01-01T00:00:00.000Z',
  app,
  pseudonymOf: ({ type }: { type: string }) => `p1.k.${type}`,
};
/** What no line, no terminal and no viewer acts upon. */
const INERT =
  /^[^\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]*$/u;
const body = (event: unknown): string => `{${recordBody(event as AuditEvent, context)}`;

it('a pseudonym of a huge identifier is made without normalising it, which would take seconds', () => {
  const key: PurposeKey = { id: 'k', state: 'primary', key: createSecretKey(Buffer.alloc(32, 1)) };
  const pseudonym = (value: string): string => pseudonymOf({ type: 'email', value }, key);
  expect(pseudonym(' Alice')).toBe(pseudonym('alice'));
  expect(pseudonym('A'.repeat(1025))).not.toBe(pseudonym('a'.repeat(1025)));
});

describe('a field with members of its own', () => {
  it('has those of its value only, and loses none, whatever all objects inherit', () => {
    const prototype = Object.prototype as { id?: string };
    prototype.id = 'inherited';
    try {
      const written = body({ event: 'user_created', target: { type: 'user', note: 'kept' } });
      expect(JSON.parse(written)).toMatchObject({ target: { type: 'user', note: 'kept' } });
      expect(written).not.toContain('inherited');
    } finally {
      delete prototype.id;
    }
  });
});

describe('a record', () => {
  it('has its fields in a fixed order', () => {
    const text = body({
      n: 2,
      details: { a: 1 },
      trace: '4bf92f3577b34da6a3ce929d0e0e4736',
      req: '0b7f5e0a-3c1d-4f5e-9a6b-7c8d9e0f1a2b',
      http: { route: '/x', method: 'GET' },
      origin: { ua: 'u', ip: '::1' },
      target: { type: 'note', id: '1' },
      actor: {
        tenant: 't',
        identifier: { type: 'email', value: 'a@b.example' },
        id: '7',
        type: 'user',
      },
      reason: 'why',
      outcome: 'failure',
      level: 'critical',
      event: 'authz_fail',
    });
    expect(Object.keys(JSON.parse(text) as object)).toEqual([
      'time',
      'event',
      'level',
      'outcome',
      'reason',
      'actor',
      'target',
      'origin',
      'http',
      'req',
      'trace',
      'app',
      'details',
      'n',
    ]);
    expect(text).toContain('"actor":{"type":"user","id":"7","pseudo":"p1.k.email","tenant":"t"}');
    expect(text).toContain('"app":{"name":"shop","version":"1.2.3","instance":"a-1"}');
    expect(text).toContain('"time":"1970-01-01T00:00:00.000Z"');
  });

  it.each([
    ['x', 'success', 'info'],
    ['authn_login_fail', 'failure', 'warn'],
    ['authz_fail', 'failure', 'critical'],
    ['upload_validation', 'success', 'info'],
    ['upload_validation', 'failure', 'critical'],
    ['audit_gap', 'unknown', 'critical'],
  ])(
    'has the level of its vocabulary unless said otherwise: %s, %s, is %s',
    (event, outcome, level) => {
      expect(JSON.parse(body({ event, outcome }))).toMatchObject({ level });
      expect(JSON.parse(body({ event, outcome, level: 'info' }))).toMatchObject({ level: 'info' });
    },
  );

  it.each(['', '0'.repeat(32), 'A'.repeat(32), 'a'.repeat(31), 7, { a: 1 }, `${'a'.repeat(32)}\n`])(
    'leaves out the trace id %j, which is none',
    (trace) => {
      expect(JSON.parse(body({ event: 'x', trace }))).not.toHaveProperty('trace');
    },
  );

  it('leaves out what is undefined, and keeps what it does not know', () => {
    const event = {
      event: 'x',
      actor: { type: 'user', id: undefined },
      target: undefined,
      origin: { ip: undefined },
      http: { method: 'GET', route: '/x', status: 403, token: 'S3cr3t' },
    };
    expect(JSON.parse(body(event))).toEqual({
      time: '1970-01-01T00:00:00.000Z',
      event: 'x',
      level: 'info',
      actor: { type: 'user' },
      http: { method: 'GET', route: '/x', status: 403, token: '[redacted]' },
      app,
    });
  });

  it('takes secrets out of every field', () => {
    const secret = 'Bearer S3cr3tS3cr3t';
    const subject = { type: secret, id: secret, tenant: secret };
    const http = { method: secret, route: `/x?token=S3cr3t` };
    const text = body({
      event: 'x',
      reason: secret,
      actor: subject,
      target: subject,
      origin: { ip: secret, ua: secret },
      http,
      req: secret,
      details: { [secret]: secret },
    });
    expect(text).not.toContain('S3cr3t');
    expect(JSON.parse(text)).toMatchObject({ http: { route: '/x?token=[redacted]' } });
  });

  it.each([
    '{"kty":"oct","k":"S3cr3tS3cr3t"}',
    '{"password":["x","S3cr3tS3cr3t"]}',
    '{"pass\\u0077ord":{"new":"S3cr3tS3cr3t"}}',
    '[["password","S3cr3tS3cr3t"]]',
  ])('takes secrets out of the JSON %j in any text', (text) => {
    for (const event of [
      { reason: text },
      { req: text },
      { actor: { type: 'user', tenant: text } },
      { target: { id: text } },
      { origin: { ua: text } },
      { details: { x: text } },
      { details: { [text]: 1 } },
      { details: new Map([[text, 1]]) },
    ]) {
      const line = body({ event: 'x', ...event });
      expect(line).not.toContain('S3cr3t');
      expect(line).toContain('[redacted]');
    }
  });

  const payloads = readFileSync('test/vectors/audit/injection-payloads.jsonl', 'utf8')
    .trim()
    .split('\n');
  it.each(payloads.map((line) => (JSON.parse(line) as { s: string }).s))(
    'stays one line and inert with %j in it',
    (text) => {
      for (const event of [
        { reason: text },
        { details: { x: text } },
        { details: { [text]: 1 } },
        { actor: { id: text } },
      ]) {
        const line = body({ event: 'x', ...event });
        expect(line).toMatch(INERT);
        expect((JSON.parse(line) as { event: string }).event).toBe('x');
      }
    },
  );

  it('stays one line and inert with any character in it', () => {
    for (let first = 0; first < 0x11000; first += 0x100) {
      const characters = Array.from({ length: 0x100 }, (_, at) => String.fromCodePoint(first + at));
      const line = body({ event: 'x', reason: characters.join(''), details: { x: characters } });
      expect(line).toMatch(INERT);
      expect(line.isWellFormed()).toBe(true);
      expect(JSON.parse(line)).toMatchObject({ event: 'x' });
    }
  });

  it('that is too long for a line keeps what happened, to whom and why', () => {
    const hostile = '\u0001'.repeat(1000);
    const details = Object.fromEntries(
      Array.from({ length: 99 }, (_, at) => [at, '\u0001'.repeat(100)]),
    );
    const event = {
      event: 'authz_fail',
      outcome: 'failure',
      reason: hostile,
      actor: { type: hostile, id: '42', tenant: hostile },
      target: { type: 'report', id: '7' },
      n: 3,
    };
    const line = body({
      ...event,
      target: { ...event.target, more: details },
      origin: details,
      http: details,
      details,
    });
    expect(JSON.parse(line)).toMatchObject({ ...event, details: { cut: true } });
    expect(JSON.parse(line)).not.toHaveProperty('origin');
  });

  it('is one line of at most 65,535 bytes, whatever is in it (property)', () => {
    const any = fc.anything({
      withMap: true,
      withSet: true,
      withBigInt: true,
      withNullPrototype: true,
      withObjectString: true,
    });
    fc.assert(
      fc.property(any, fc.string({ unit: 'binary' }), (value, text) => {
        const line = body({
          event: 'x',
          reason: text,
          target: value,
          details: { value, text },
          origin: { ua: text },
        });
        expect(line).not.toMatch(/[\r\n]/);
        expect(Buffer.byteLength(line)).toBeLessThan(65_535 - 200);
        JSON.parse(line);
      }),
    );
    const hostile = '\u0001'.repeat(1000);
    const full = Object.fromEntries(
      Array.from({ length: 99 }, (_, index) => [`${index}`, hostile]),
    );
    const line = body({
      event: 'x',
      actor: { id: hostile },
      target: full,
      origin: full,
      http: full,
      details: full,
    });
    expect(Buffer.byteLength(line)).toBeLessThan(65_535 - 200);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'login'],
    ['no name', {}],
    ['a name with arguments', { event: 'authn_login_fail:bob' }],
    ['a name with a capital', { event: 'Login' }],
    ['a long name', { event: 'a'.repeat(65) }],
    ['a name with a newline', { event: 'a\n' }],
    ['an unknown level', { event: 'a', level: 'debug' }],
    ['an unknown outcome', { event: 'a', outcome: 'ok' }],
    ['an identifier without a value', { event: 'a', actor: { identifier: { type: 'email' } } }],
    ['an identifier that is a text', { event: 'a', actor: { identifier: 'bob' } }],
    ['a number of 0', { event: 'a', n: 0 }],
    ['a number of 1.5', { event: 'a', n: 1.5 }],
  ])('is refused with %s', (_, event) => {
    expect(() => body(event)).toThrow(
      expect.objectContaining({ code: 'AUDIT_EVENT_INVALID' }) as Error,
    );
  });
});
