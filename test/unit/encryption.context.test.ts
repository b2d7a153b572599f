import fc from 'fast-check';
import type { EncryptionService } from 'nestjs-security';
import { endOf } from '../support/error-code.js';
import { fernetKey, startEncryption } from '../support/encryption.js';

let encryption: EncryptionService;
beforeAll(async () => {
  ({ encryption } = await startEncryption({
    rings: { pii: {}, partner: { keys: [fernetKey('partner')] } },
  }));
});

const parts = fc.array(fc.string({ unit: 'binary', maxLength: 8 }), {
  minLength: 1,
  maxLength: 16,
});
/** Such as are easily taken for one another. */
const likeParts = fc.array(fc.constantFrom('', 'a', 'b', 'ab', '\0', 'pii'), {
  minLength: 1,
  maxLength: 4,
});

describe('a context', () => {
  it('is needed to open what was encrypted for it', () => {
    const token = encryption.encrypt('x', { context: ['users.email', '7'] });
    expect(encryption.decryptToString(token, { context: ['users.email', '7'] })).toBe('x');
    for (const options of [
      {},
      { context: ['users.email', '8'] },
      { context: ['users.phone', '7'] },
      { context: ['users.email', '7', ''] },
      { context: 'users.email7' },
    ]) {
      expect(endOf(() => encryption.decrypt(token, options))).toBe('ENC_TOKEN_INVALID');
    }
  });

  it('is of no use to open what was encrypted without one', () => {
    const token = encryption.encrypt('x');
    expect(endOf(() => encryption.decrypt(token, { context: 'a' }))).toBe('ENC_TOKEN_INVALID');
    expect(endOf(() => encryption.decrypt(token, { context: '' }))).toBe('ENC_TOKEN_INVALID');
  });

  it('may be a text instead of a list of one', () => {
    const token = encryption.encrypt('x', { context: 'a' });
    expect(encryption.decryptToString(token, { context: ['a'] })).toBe('x');
  });

  it('opens where it is the same list, of any texts (property)', () => {
    fc.assert(
      fc.property(parts, (context) => {
        const token = encryption.encrypt('x', { context });
        return encryption.decryptToString(token, { context: [...context] }) === 'x';
      }),
    );
  });

  it('does not open where it is another list (property)', () => {
    fc.assert(
      fc.property(likeParts, likeParts, (one, other) => {
        const token = encryption.encrypt('x', { context: one });
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        const end = endOf(() => encryption.decrypt(token, { context: other }));
        return end === (isSame ? 'done' : 'ENC_TOKEN_INVALID');
      }),
    );
  });

  it('stays right when more of them are used than are kept', () => {
    const tokens = Array.from({ length: 2500 }, (_, row) =>
      encryption.encrypt(String(row), { context: ['row', String(row)] }),
    );
    for (const [row, token] of tokens.entries()) {
      expect(encryption.decryptToString(token, { context: ['row', String(row)] })).toBe(
        String(row),
      );
    }
  });

  it.each<[string, unknown, string]>([
    ['an empty list', [], 'ENC_CONTEXT_INVALID'],
    ['17 parts', Array.from({ length: 17 }, () => 'a'), 'ENC_CONTEXT_INVALID'],
    ['8,193 bytes', 'a'.repeat(8193), 'ENC_CONTEXT_INVALID'],
    ['8,193 bytes in parts', ['ü'.repeat(4096), 'a'], 'ENC_CONTEXT_INVALID'],
    ['a lone surrogate', ['a', '\ud800'], 'ENC_CONTEXT_INVALID'],
    ['null', null, 'TypeError'],
    ['a number', 7, 'TypeError'],
    ['a number in the list', ['row', 7], 'TypeError'],
    ['a list in the list', [['a']], 'TypeError'],
    ['an object with toString', { toString: () => 'a' }, 'TypeError'],
  ])('is refused when it is %s', (_, context, end) => {
    const options = { context: context as string };
    expect(endOf(() => encryption.encrypt('x', options))).toBe(end);
    expect(endOf(() => encryption.decrypt('x', options))).toBe(end);
    expect(endOf(() => encryption.bind(context as string))).toBe(end);
  });

  it('with gaps or of any length is refused at once', () => {
    const withGap = ['a'];
    withGap[2] = 'c';
    const endless = ['a'];
    endless.length = 2 ** 32 - 1;
    for (const context of [withGap, endless]) {
      expect(() => encryption.seal('x', { context })).toThrow(
        new TypeError('a context must be a string or a list of strings'),
      );
    }
  });

  it('may have 8,192 bytes', () => {
    expect(endOf(() => encryption.encrypt('x', { context: 'a'.repeat(8192) }))).toBe('done');
  });

  it('has no list in the place of a text that was used before', () => {
    encryption.encrypt('x', { context: ['a', 'b'] });
    const nested = { context: [['a'], 'b'] as unknown as string[] };
    expect(endOf(() => encryption.encrypt('x', nested))).toBe('TypeError');
  });
});

describe('what is bound to a context', () => {
  it('opens what the same context given in the call opens, and nothing else', () => {
    const bound = encryption.bind(['users.email', '7']);
    const token = encryption.encrypt('x', { context: ['users.email', '7'] });
    expect(bound.decryptToString(token)).toBe('x');
    expect(bound.openToString(bound.seal('y'))).toBe('y');
    expect(endOf(() => encryption.decrypt(bound.encrypt('x')))).toBe('ENC_TOKEN_INVALID');
  });

  it('keeps its context when the list is changed afterwards', () => {
    const context = ['users.email', '7'];
    const bound = encryption.bind(context);
    context[1] = '8';
    const token = bound.encrypt('x');
    expect(encryption.decryptToString(token, { context: ['users.email', '7'] })).toBe('x');
  });

  it('takes no other one, and no ring', () => {
    const bound = encryption.bind('a');
    for (const options of [{ context: 'b' }, { ring: 'pii' }]) {
      expect(endOf(() => bound.encrypt('x', options as object))).toBe('TypeError');
    }
  });
});

describe('a ring', () => {
  it('opens nothing of another one, with or without a context', () => {
    for (const context of [undefined, 'a']) {
      const choice = context === undefined ? {} : { context };
      const rings = [{}, { ring: 'pii' }, { ring: 'partner' }].map((ring) => ({
        ...ring,
        ...choice,
      }));
      for (const one of rings) {
        const token = encryption.encrypt('x', one);
        const ends = rings.map((other) => endOf(() => encryption.decrypt(token, other)));
        expect(ends.filter((end) => end === 'done')).toHaveLength(1);
        expect(ends[rings.indexOf(one)]).toBe('done');
      }
    }
  });

  it('is no context of the same name', () => {
    const token = encryption.encrypt('x', { ring: 'pii' });
    expect(endOf(() => encryption.decrypt(token, { context: 'pii' }))).toBe('ENC_TOKEN_INVALID');
  });

  it('gives its verbs by name', () => {
    const pii = encryption.ring('pii');
    expect(encryption.decryptToString(pii.encrypt('x'), { ring: 'pii' })).toBe('x');
    const bound = pii.bind(['users.email', '7']);
    const options = { ring: 'pii', context: ['users.email', '7'] };
    expect(encryption.openToString(bound.seal('y'), options)).toBe('y');
    expect(pii.openToString(bound.seal('y'), { context: options.context })).toBe('y');
  });

  it.each(['pi', 'PII', 'pii ', '', '__proto__', 'constructor'])('named %j is unknown', (ring) => {
    expect(endOf(() => encryption.ring(ring))).toBe('ENC_RING_UNKNOWN');
    expect(endOf(() => encryption.encrypt('x', { ring }))).toBe('ENC_RING_UNKNOWN');
  });

  it('that is misspelt is answered with the nearest name', () => {
    expect(() => encryption.ring('pi')).toThrow('has no ring "pi": did you mean "pii"?');
  });

  it('that is unknown is shown as JSON and cut', () => {
    const name = `\u001b[2J\n${'x'.repeat(10_000_000)}`;
    expect(() => encryption.ring(name)).toThrow('has no ring "\\u001b[2J\\nxxx');
    expect(endOf(() => encryption.ring(name))).toBe('ENC_RING_UNKNOWN');
  });
});

it('a misspelt option of a call is refused, not left out', () => {
  expect(() => encryption.encrypt('x', { contxt: 'a' } as object)).toThrow(
    'Did you mean "context"?',
  );
  expect(() => encryption.decrypt('x', { ttl: 5 } as object)).toThrow('has no option "ttl"');
  expect(() => encryption.encrypt('x', { ttlSeconds: 5 } as object)).toThrow(TypeError);
});
