import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { createSecretKey } from 'node:crypto';
import { pseudonymOf } from '../../lib/audit/record/pseudonym.js';
import { recordBody } from '../../lib/audit/record/audit-record.js';
import type { AuditEvent, PurposeKey } from 'nestjs-security';

const context = { now: 0, pseudonymOf: ({ type }: { type: string }) => `p1.k.${type}` };
const body = (event: unknown): string => `{${recordBody(event as AuditEvent, context)}`;

it('a pseudonym of a huge identifier is made without normalising it, which would take seconds', () => {
  const key: PurposeKey = { id: 'k', state: 'primary', key: createSecretKey(Buffer.alloc(32, 1)) };
  const pseudonym = (value: string): string => pseudonymOf({ type: 'email', value }, key);
  expect(pseudonym(' Alice')).toBe(pseudonym('alice'));
  expect(pseudonym('A'.repeat(1025))).not.toBe(pseudonym('a'.repeat(1025)));
});

describe('a record', () => {
  it('has its fields in a fixed order', () => {
    const text = body({
      n: 2,
      details: { a: 1 },
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
      'details',
      'n',
    ]);
    expect(text).toContain('"actor":{"type":"user","id":"7","pseudo":"p1.k.email","tenant":"t"}');
    expect(text).toContain('"time":"1970-01-01T00:00:00.000Z"');
  });

  it('is info unless said otherwise', () => {
    expect(JSON.parse(body({ event: 'x' }))).toMatchObject({ level: 'info' });
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
        expect(line).toMatch(
          /^[^\r\n\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]*$/,
        );
        expect((JSON.parse(line) as { event: string }).event).toBe('x');
      }
    },
  );

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
