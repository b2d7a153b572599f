import fc from 'fast-check';
import type { Canonicalization, HmacService } from 'nestjs-security';
import { canonicalPayload } from '../../lib/hmac/payload/canonical-payload.js';
import { endOf } from '../support/error-code.js';
import { startHmac } from '../support/hmac.js';

const FORMS: Canonicalization[] = ['jcs', 'python-json'];

let hmac: HmacService;
beforeAll(async () => {
  ({ hmac } = await startHmac());
});

/** So many lists within one another. */
function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

function cyclic(): unknown {
  const value: Record<string, unknown> = {};
  value['self'] = { value };
  return value;
}

describe('a signed payload', () => {
  it.each(FORMS)('verifies whatever the order of its members, as %s', (canonicalization) => {
    const signature = hmac.signPayload(
      { b: [1, null], a: { d: 'é', c: true } },
      { canonicalization },
    );
    const same = { a: { c: true, d: 'é' }, b: [1, null] };
    expect(hmac.verifyPayload(same, signature, { canonicalization })).toBe(true);
    expect(hmac.verifyPayload({ ...same, b: [null, 1] }, signature, { canonicalization })).toBe(
      false,
    );
    expect(hmac.verifyPayload(same, undefined, { canonicalization })).toBe(false);
  });

  it('is never a signed text, nor one of another form', () => {
    const text = '{"a":1}';
    const signature = hmac.signPayload({ a: 1 });
    expect(canonicalPayload({ a: 1 }, 'jcs')).toBe(text);
    expect(hmac.verify(text, signature)).toBe(false);
    expect(hmac.verifyPayload([], hmac.signPayload([]), { canonicalization: 'python-json' })).toBe(
      false,
    );
  });

  it('has under a shared key the signature of its text, which others can compute', () => {
    const key = 'a key that is shared with a partner';
    expect(hmac.signPayload({ a: 1 }, { key })).toBe(hmac.sign('{"a":1}', { key }));
  });

  it.each(FORMS)('may be any JSON (property), as %s', (canonicalization) => {
    const number = fc.integer();
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, true, false),
        number,
        fc.string({ unit: 'grapheme' }),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.string({ unit: 'binary', maxLength: 4 }), tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalPayload(value, canonicalization);
        const read: unknown = JSON.parse(text);
        return (
          canonicalPayload(read, canonicalization) === text &&
          hmac.verifyPayload(read, hmac.signPayload(value, { canonicalization }), {
            canonicalization,
          })
        );
      }),
    );
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a member that is undefined', { a: undefined }],
    ['an element that is undefined', [undefined]],
    ['a hole', [1, , 2]], // oxlint-disable-line no-sparse-arrays
    ['NaN', { a: NaN }],
    ['an infinite number', [JSON.parse('1e999')]],
    ['a BigInt', 1n],
    ['a function', { toJSON: () => 'x' }],
    ['a symbol', [Symbol('x')]],
    ['a Date', new Date(0)],
    ['a Map', { a: new Map([['b', 1]]) }],
    ['a class instance', new URL('https://example.com')],
    ['bytes', Buffer.from('x')],
    ['a boxed number', Object(5)],
    ['a lone surrogate', JSON.parse('"\\ud800"')],
    ['a name with a lone surrogate', JSON.parse('{"\\udc00":1}')],
    ['a cycle', cyclic()],
    ['501 levels', nested(501)],
    ['100,000 levels', nested(100_000)],
  ])('cannot be %s', (_, value) => {
    for (const canonicalization of FORMS) {
      expect(endOf(() => hmac.signPayload(value, { canonicalization }))).toBe('MAC_PAYLOAD_UNFIT');
      expect(endOf(() => hmac.verifyPayload(value, 'x', { canonicalization }))).toBe(
        'MAC_PAYLOAD_UNFIT',
      );
    }
  });

  it('may have 500 levels, members called __proto__, and objects without a prototype', () => {
    expect(hmac.signPayload(nested(500))).toMatch(/^sha256=/);
    expect(canonicalPayload(JSON.parse('{"b":1,"__proto__":{"a":2}}'), 'jcs')).toBe(
      '{"__proto__":{"a":2},"b":1}',
    );
    expect(canonicalPayload(Object.create(null), 'python-json')).toBe('{}');
  });

  it('has names in the order of UTF-16 as jcs, of code points as python-json', () => {
    const value = { '\u{1f600}': 1, '\ufb33': 2 };
    expect(Object.keys(JSON.parse(canonicalPayload(value, 'jcs')))).toEqual([
      '\u{1f600}',
      '\ufb33',
    ]);
    expect(canonicalPayload(value, 'python-json')).toBe('{"\\ufb33": 2, "\\ud83d\\ude00": 1}');
  });

  it.each([
    [0, '0'],
    [-5, '-5'],
    [2 ** 53 - 1, '9007199254740991'],
    [0.1, '0.1'],
    [-1234.5678, '-1234.5678'],
    [0.0001, '0.0001'],
    [123456789.125, '123456789.125'],
  ])('spells %p as Python does', (number, text) => {
    expect(canonicalPayload(number, 'python-json')).toBe(text);
  });

  it.each([-0, 2 ** 53, -(2 ** 53), 1e21, 0.00001, -0.00009999, 5e-324])(
    'refuses %p as python-json, which Python may spell otherwise',
    (number) => {
      expect(endOf(() => canonicalPayload([number], 'python-json'))).toBe('MAC_PAYLOAD_UNFIT');
    },
  );

  it('refuses a form that it does not know, and options that signing does not have', () => {
    for (const canonicalization of ['json', 'constructor', 5]) {
      const options = { canonicalization: canonicalization as Canonicalization };
      expect(() => hmac.signPayload({}, options)).toThrow(TypeError);
    }
    expect(() => hmac.signPayload({}, { canonicalisation: 'jcs' } as object)).toThrow(
      'Did you mean',
    );
    expect(() => hmac.sign('x', { canonicalization: 'jcs' } as object)).toThrow(TypeError);
  });

  it.each(FORMS)('is the value that was checked, whatever it answers later, as %s', (form) => {
    let times = 0;
    const turncoat = (): unknown => (times++ === 0 ? 'checked' : NaN);
    const hidden = Object.defineProperty({ a: 1 }, 'toJSON', { value: () => NaN });
    const inherited: unknown = Object.create(
      Object.assign(Object.create(null), { toJSON: () => 'forged' }),
    );
    const iterated = Object.assign([NaN], { [Symbol.iterator]: () => [1].values() });
    const separators = form === 'jcs' ? ':' : ': ';
    const accessor = Object.defineProperty({}, 'a', { enumerable: true, get: turncoat });
    expect(canonicalPayload(accessor, form)).toBe(`{"a"${separators}"checked"}`);
    times = 0;
    const proxy = new Proxy({ a: 1 }, { get: turncoat });
    expect(canonicalPayload(proxy, form)).toBe(`{"a"${separators}"checked"}`);
    expect(canonicalPayload(hidden, form)).toBe(`{"a"${separators}1}`);
    expect(canonicalPayload(inherited, form)).toBe('{}');
    expect(canonicalPayload(Object.assign([1], { toJSON: () => 'forged' }), form)).toBe('[1]');
    expect(endOf(() => canonicalPayload(iterated, form))).toBe('MAC_PAYLOAD_UNFIT');
  });

  it('refuses a list that is long and empty at once', () => {
    const start = performance.now();
    // oxlint-disable-next-line unicorn/no-new-array
    expect(endOf(() => hmac.signPayload(new Array(2 ** 32 - 1)))).toBe('MAC_PAYLOAD_UNFIT');
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('does not tell what it was', () => {
    const action = (): string => hmac.signPayload({ password: 'hunter2', n: NaN });
    expect(action).toThrow(/^(?!.*(hunter2|password))/);
  });
});
