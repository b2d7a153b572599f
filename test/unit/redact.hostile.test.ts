import { recordBody } from '../../lib/audit/record/audit-record.js';
import { readEvent } from '../../lib/audit/record/read-event.js';
import { redact } from '../../lib/audit/record/redact.js';
import type { AuditEvent } from 'nestjs-security';

const pseudonymOf = (): string => 'p1.k.AAAAAAAAAAAAAAAAAAAAAA';
const context = { time: '1970-01-01T00:00:00.000Z', pseudonymOf };
const bodyOf = (event: object): string =>
  `{${recordBody(readEvent({ event: 'x', ...event } as unknown as AuditEvent), context)}`;
const once = (value: unknown): string => JSON.stringify(redact(value, pseudonymOf));

describe('what would take long to search', () => {
  const deep = '['.repeat(8190) + ']'.repeat(8190);
  const basic = `basic${' '.repeat(4000)}abcdefgh`;
  const lists = <T>(count: number, of: T): T[] => Array.from({ length: count }, () => of);

  it.each<[string, object]>([
    ['deep JSON in many texts', { details: { a: lists(100, lists(100, deep)) } }],
    ['a scheme and white space', { details: { a: lists(100, `%41\\n+${basic}`) } }],
    ['the same in every field', { reason: basic, req: basic, origin: { ip: basic, ua: basic } }],
    ['beginnings of keys', { details: { a: lists(100, `password=x é%41 ${'-sk'.repeat(1350)}`) } }],
    [
      'beginnings of addresses',
      { details: { a: lists(100, `password=x é%41 ${'oracle:thin:a/'.repeat(290)}`) } },
    ],
    ['long card numbers', { details: { a: lists(100, { pan: '1 '.repeat(1 << 19) }) } }],
    ['long names', { details: { a: lists(100, { ['1 '.repeat(1 << 19)]: 1 }) } }],
    ['white space', { details: { a: lists(100, ' '.repeat(1 << 20)) } }],
  ])('costs little: %s', (_, event) => {
    const started = process.cpuUsage();
    const body = bodyOf(event);
    const { user, system } = process.cpuUsage(started);
    expect(body.length).toBeLessThan(65_535);
    // Before they were bounded, the first took 12 s and none less than 70 ms.
    expect((user + system) / 1e6).toBeLessThan(1);
  });
});

describe('an event that works against its reader', () => {
  const throwing = (): never => {
    throw new Error('boom');
  };

  it.each<[string, object, object]>([
    ['a trace that is an object', { trace: { toString: 1, valueOf: 1 } }, {}],
    ['a trace that is a symbol', { trace: Symbol('x') }, {}],
    ['an actor that is a mere text', { actor: 'cron' }, { actor: { id: 'cron' } }],
    [
      'a getter that throws in its actor',
      { actor: Object.defineProperty({}, 'id', { get: throwing, enumerable: true }) },
      { actor: { type: '[unreadable]' } },
    ],
    [
      'an actor that is a throwing proxy',
      { actor: new Proxy({}, { get: throwing }) },
      { actor: { type: '[unreadable]' } },
    ],
    [
      'a target that is a throwing proxy',
      { target: new Proxy({}, { get: throwing, ownKeys: throwing }) },
      { target: '[unreadable]' },
    ],
  ])('is recorded all the same: %s', (_, event, expected) => {
    expect(JSON.parse(bodyOf(event))).toMatchObject({ event: 'x', ...expected });
  });

  it('is recorded all the same: a field whose getter throws', () => {
    const event = Object.defineProperty({ event: 'x' }, 'reason', { get: throwing });
    const body = recordBody(readEvent(event as AuditEvent), context);
    expect(JSON.parse(`{${body}`)).toMatchObject({ event: 'x', reason: '[unreadable]' });
  });

  it('is read once, so that it cannot say another thing when it is written', () => {
    let asked = 0;
    const event = {
      get event(): string {
        asked += 1;
        return asked === 1 ? 'x' : 'y","event":"z\n';
      },
    };
    const body = `{${recordBody(readEvent(event as AuditEvent), context)}`;
    expect(JSON.parse(body)).toMatchObject({ event: 'x' });
    expect(asked).toBe(1);
  });

  it('of which nothing can be read is none', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const event of [proxy, null, undefined, 'x', 1, []]) {
      const read = (): string => recordBody(readEvent(event as AuditEvent), context);
      expect(read).toThrow(expect.objectContaining({ code: 'AUDIT_EVENT_INVALID' }) as Error);
    }
  });
});

describe('a secret is told', () => {
  it.each<[string, unknown]>([
    ['an account number, wherever it stands in a name', { oldAccountNumberValue: 'S3cr3tS3cr3t' }],
    [
      'a neighbour in a Map',
      new Map([
        ['kty', 'oct'],
        ['k', 'S3cr3tS3cr3t'],
      ]),
    ],
    [
      'a neighbour that comes later',
      new Map([
        ['value', 'S3cr3tS3cr3t'],
        ['name', 'password'],
      ]),
    ],
    ['a neighbour in a query', new URLSearchParams({ name: 'password', value: 'S3cr3tS3cr3t' })],
    ['the name that a form gives it', { name: 'user[password]', value: 'S3cr3tS3cr3t' }],
    ['a pointer', { name: '/user/password', value: 'S3cr3tS3cr3t' }],
    ['a pair in capitals', { Key: 'password', Value: 'S3cr3tS3cr3t' }],
    ['an address of Oracle', `oracle:thin:scott/${'S3cr3t'.repeat(170)}@db:1521`],
    ['a raw header with a digit', ['X-Auth0-Token', 'S3cr3tS3cr3t']],
    ['a JSON Web Key within a text', 'bad key: {"kty":"oct","k":"S3cr3tS3cr3t"};'],
    ['one in escapes', 'x {\\"kty\\":\\"oct\\",\\"k\\":\\"S3cr3tS3cr3t\\"}'],
    ['one in a query', 'jwk=%7B%22kty%22%3A%22oct%22%2C%22k%22%3A%22S3cr3tS3cr3t%22%7D'],
    ['JSON behind a byte order mark', '\ufeff{"kty":"oct","k":"S3cr3tS3cr3t"}'],
  ])('by %s', (_, details) => {
    expect(once({ details })).not.toContain('S3cr3t');
  });
});

it.each<[string, unknown]>([
  ['a value that was cut', `a --password ${'x'.repeat(5000)}`],
  ['a value that was cut behind a sign', 'a}token=x1'.repeat(500)],
  ['a name that is JSON', { '%0A%7B%22apiKey%22%3A%22x%22%7D': 1 }],
  ['JSON under escapes', '%7B%22,token%3Dx1%22%3A1%7D'],
  [
    'a Map',
    new Map([
      ['name', 'password'],
      ['value', 'x1'],
    ]),
  ],
])('what was redacted stays the same: %s', (_, value) => {
  const first = redact(value, pseudonymOf);
  expect(redact(first, pseudonymOf)).toEqual(first);
});
