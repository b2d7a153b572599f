import fc from 'fast-check';
import type { AuditEvent } from '../../lib/audit/record/audit-event.js';
import { recordBody } from '../../lib/audit/record/audit-record.js';
import { flatJson } from '../../lib/audit/record/flat-json.js';
import { HarmlessTexts } from '../../lib/audit/record/harmless-texts.js';
import { redact } from '../../lib/audit/record/redact.js';
import { redactText } from '../../lib/audit/record/redact-text.js';
import { toJsonText } from '../../lib/audit/record/json-text.js';
import { SECRET_KINDS } from '../support/secret-samples.js';

const pseudonymOf = (): string => 'p1.k.AAAAAAAAAAAAAAAAAAAAAA';
const MAX_DETAILS = 16 * 1024;
const secretText = fc.oneof(...SECRET_KINDS.map(({ samples }) => samples.map(({ text }) => text)));
const someText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  secretText,
  fc.tuple(secretText, fc.string()).map((parts) => parts.join(' ')),
  fc.string({ minLength: 900, maxLength: 5000 }),
  fc.constantFrom('password', 'name', 'value', '[cut]', '__proto__', 'toJSON', '--password', 'kty'),
);
const leaf = fc.oneof(
  someText,
  fc.anything({
    maxDepth: 2,
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    withUnicodeString: true,
  }),
  fc.constantFrom(Symbol('x'), () => 1, /x/g, new Date(NaN), Object(Symbol('y')), NaN, -0),
);
const { anything } = fc.letrec<{ anything: unknown }>((tie) => ({
  anything: fc.oneof(
    { maxDepth: 6 },
    leaf,
    fc.array(tie('anything'), { maxLength: 6 }),
    fc.dictionary(someText, tie('anything'), { maxKeys: 6 }),
    fc.array(fc.tuple(someText, tie('anything'))).map((entries) => new Map(entries)),
    tie('anything').map((value) => new Error('failed', { cause: value })),
    tie('anything').map((value) => ({ toJSON: () => value })),
    tie('anything').map((value) => Array.from({ length: 150 }, () => value)),
  ),
}));

describe('what redaction gives', () => {
  it('is JSON on one line, of at most 16 KiB', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const text = toJsonText(redact(value, pseudonymOf));
        expect(text).toMatch(/^[^\0-\x1f\x7f-\x9f\u2028\u2029]*$/);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_DETAILS);
        expect(toJsonText(JSON.parse(text))).toBe(text);
      }),
      { numRuns: 200 },
    );
  });

  it('stays the same when it is redacted again', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const once = redact(value, pseudonymOf);
        expect(redact(once, pseudonymOf)).toEqual(once);
      }),
      { numRuns: 200 },
    );
  });

  it('stays the same for texts, too', () => {
    const parts = fc.array(someText, { maxLength: 4 }).map((texts) => texts.join(''));
    fc.assert(
      fc.property(parts, (text) => {
        const once = redactText(text, pseudonymOf);
        expect(redactText(once, pseudonymOf)).toBe(once);
        expect(once.length).toBeLessThanOrEqual(1024 + '[cut]'.length);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the JSON of a flat object', () => {
  it('is what redaction would have given, where it is given at all', () => {
    const texts = fc.oneof(
      fc.string(),
      someText,
      fc.constantFrom('kty', 'd', 'name', 'value', 'id'),
    );
    const primitive = fc.oneof(texts, fc.double(), fc.integer(), fc.boolean(), fc.constant(null));
    const harmless = new HarmlessTexts();
    let given = 0;
    fc.assert(
      fc.property(fc.dictionary(texts, primitive, { maxKeys: 4 }), (value) => {
        const json = toJsonText(redact(value, pseudonymOf));
        // What was found harmless is remembered.
        for (let time = 0; time < 2; time += 1) {
          const flat = flatJson(value, harmless);
          if (flat !== undefined) given += 1;
          expect(flat ?? json).toBe(json);
        }
      }),
      { numRuns: 500 },
    );
    expect(given).toBeGreaterThan(100);
  });

  it.each<[string, object]>([
    ['a telling name', { password: 'x' }],
    ['a pair', { name: 'password', value: 'x' }],
    ['a method toJSON', { a: 1, toJSON: () => 'x' }],
    ['a class of its own', new Date(0)],
    ['what is not flat', { a: {} }],
    ['undefined', { a: undefined }],
    ['a number that may be a card', { a: 4111111111111111 }],
    ['NaN', { a: NaN }],
    ['text that needs an escape', { a: '"' }],
    ['many fields', Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`f${at}`, 1]))],
    ['long text', { a: 'x'.repeat(257) }],
    ['a text with a secret', { a: 'Bearer S3cr3tS3cr3tS3cr3t' }],
    ['JSON within a text', { a: '[4111111111111111]' }],
    ['an e-mail address', { a: 'ann@example.com' }],
  ])('is not given for %s', (_, value) => {
    expect(flatJson(value, new HarmlessTexts())).toBeUndefined();
  });
});

describe('a field with members of its own', () => {
  const textOf = (target: unknown): unknown => {
    const context = { time: '1970-01-01T00:00:00.000Z', pseudonymOf };
    const event = { event: 'authz_fail', target } as AuditEvent;
    return (JSON.parse(`{${recordBody(event, context)}`) as { target?: unknown }).target;
  };

  it('holds what redaction gives of it, whatever members it has', () => {
    const name = fc.constantFrom('type', 'id', 'name', 'password', 'toJSON', 'a');
    const value = fc.oneof(someText, someText, fc.constant(undefined), fc.integer(), anything);
    fc.assert(
      fc.property(fc.dictionary(name, value, { minKeys: 1, maxKeys: 3 }), (target) => {
        const entries = Object.entries(target);
        const isUsual = entries.every(
          ([key, each]) =>
            ['type', 'id'].includes(key) && ['string', 'undefined'].includes(typeof each),
        );
        // Of a member that it knows, `undefined` is as good as none.
        const kept = isUsual ? entries.filter(([, each]) => each !== undefined) : entries;
        const redacted: unknown = JSON.parse(
          toJsonText(redact(Object.fromEntries(kept), pseudonymOf)),
        );
        expect(textOf(target)).toEqual(kept.length === 0 ? undefined : redacted);
      }),
      { numRuns: 500 },
    );
  });

  it('loses no member that hides from Object.keys behind one that it knows', () => {
    const hidden = Object.defineProperty({ a: 'x' }, 'id', { value: 'y', enumerable: false });
    expect(textOf(hidden)).toEqual({ a: 'x' });
    expect(textOf(Object.create({ id: 'inherited' }, {}))).toBeUndefined();
  });
});

describe('a text that was searched in vain', () => {
  it('is remembered by its log; one that held a secret is not', () => {
    const harmless = new HarmlessTexts();
    const context = { time: '1970-01-01T00:00:00.000Z', pseudonymOf, harmless };
    const ua = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
    const leaking = `${ua} token=S3cr3tS3cr3t`;
    for (let time = 0; time < 2; time += 1) {
      const body = recordBody({ event: 'authz_fail', origin: { ua, ip: leaking } }, context);
      expect(body).toContain(ua);
      expect(body).not.toContain('S3cr3t');
    }
    expect([ua, leaking].map((text) => harmless.has(text))).toEqual([true, false]);
  });
});

describe('a record', () => {
  it('is one line of JSON, at most 65,535 bytes, whatever its fields hold', () => {
    fc.assert(
      fc.property(fc.array(anything, { minLength: 7, maxLength: 7 }), (fields) => {
        const [reason, id, target, origin, http, req, details] = fields;
        const event = {
          event: 'authz_fail',
          reason,
          actor: { id },
          target,
          origin,
          http,
          req,
          details,
        };
        const body = `{${recordBody(event as never, { time: '1970-01-01T00:00:00.000Z', pseudonymOf })}`;
        expect(body).toMatch(/^[^\0-\x1f\x7f-\x9f\u2028\u2029]*$/);
        expect(Buffer.byteLength(body)).toBeLessThan(65_535 - 200);
        expect(JSON.parse(body)).toMatchObject({ event: 'authz_fail', level: 'critical' });
      }),
    );
  });
});
