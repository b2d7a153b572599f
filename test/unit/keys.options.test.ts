import { createHash } from 'node:crypto';
import { ringKeysSchema } from '../../lib/keyring/key-schema.js';
import { Secret } from 'nestjs-security';
import { refusalOf } from '../support/refusal.js';
import { testKey, testSecret } from '../support/keys.js';

const bytes = createHash('sha256').update('any').digest();

function resolve(secret: string | Secret): Uint8Array | undefined {
  return ringKeysSchema.parse([{ id: 'a', secret }])[0]?.key.export();
}

describe('the text of a key', () => {
  it.each([
    ['hex digits', bytes.toString('hex')],
    ['upper-case hex digits', bytes.toString('hex').toUpperCase()],
    ['hex:', `hex:${bytes.toString('hex')}`],
    ['base64url', bytes.toString('base64url')],
    ['base64url with padding, as a Fernet key', `${bytes.toString('base64url')}=`],
    ['base64', bytes.toString('base64')],
    ['base64:', `base64:${bytes.toString('base64')}`],
    ['base64url:', `base64url:${bytes.toString('base64url')}`],
    ['a Secret', Secret.of(bytes.toString('hex'))],
  ])('may be %s', (_, secret) => {
    expect(resolve(secret)).toEqual(bytes);
  });

  it('of 64 hex digits is hex, and of 66 too', () => {
    expect(resolve(`${bytes.toString('hex')}0f`)).toHaveLength(33);
  });

  it.each([
    ['short', 'is 3 bytes long after decoding, at least 32 are needed', 'c2hv'],
    ['of 31 bytes', 'is 31 bytes long', bytes.subarray(1).toString('base64url')],
    ['hex that is short', 'is 16 bytes long', `hex:${bytes.toString('hex', 0, 16)}`],
    ['all zero', 'not random', Buffer.alloc(32).toString('hex')],
    ['one byte repeated', 'not random', 'ab'.repeat(32)],
    ['a word repeated', 'not random', 'changeme'.repeat(6)],
    [
      'a documentation sample',
      'public documentation',
      'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=',
    ],
    ['with a newline', 'begins or ends with white space', `${bytes.toString('base64url')}\n`],
    ['with a look-alike', 'neither hex nor', `Ł${bytes.toString('base64url').slice(1)}`],
    ['with spare bits', 'neither hex nor', `${'A'.repeat(42)}B`],
    ['not in the encoding it names', 'neither hex nor', `hex:${bytes.toString('base64url')}`],
    ['huge', 'neither hex nor', 'a'.repeat(10_000_000)],
    ['empty', 'is empty', ''],
    ['undefined', 'is undefined', undefined],
    ['a number', 'must be a text or a Secret', 7],
    ['what a printed Secret leaves', '[redacted]', '[redacted]'],
  ])('is refused when %s', (_, reason, secret) => {
    const message = refusalOf({ keys: [{ id: 'a', secret }] });
    expect(message).toContain('keys[0].secret');
    expect(message).toContain(reason);
    expect(message).toContain('randomBytes(32)');
    // What is too short to be a secret may stand in the message by chance.
    const telling = String(secret).length > 8 && secret !== '[redacted]' && secret !== undefined;
    expect(telling && message.includes(String(secret))).toBe(false);
  });
});

describe('the list of keys', () => {
  it('makes the first primary and the others accepted', () => {
    const keys = ringKeysSchema.parse([testKey('new'), testKey('old')]);
    expect(keys.map(({ id, state }) => [id, state])).toEqual([
      ['new', 'primary'],
      ['old', 'accepted'],
    ]);
  });

  it.each([
    ['is empty', 'has no key', []],
    ['is missing', 'keys is missing', undefined],
    ['is no list', 'keys is missing', 'a:b'],
    ['has an id twice', 'has the id "a" twice', [testKey('a'), { ...testKey('b'), id: 'a' }]],
    ['has one secret in two spellings', 'has the same secret under "a" and "b"', twins()],
    [
      'has two primaries',
      'has 2 primary keys',
      ['a', 'b'].map((id) => ({ ...testKey(id), state: 'primary' })),
    ],
    ['has no primary', 'has 0 primary keys', [{ ...testKey('a'), state: 'revoked' }]],
    [
      'has a state for some',
      'to every key or to none',
      [{ ...testKey('a'), state: 'primary' }, testKey('b')],
    ],
    [
      'has an unknown state',
      'keys[0].state must be one of',
      [{ ...testKey('a'), state: 'active' }],
    ],
    ['has an id with a dot', 'keys[0].id must be 1 to 32', [{ ...testKey('a'), id: 'a.b' }]],
    ['has a long id', 'keys[0].id must be 1 to 32', [{ ...testKey('a'), id: 'a'.repeat(33) }]],
    ['has a misspelt member', 'Did you mean "secret"', [{ id: 'a', secrte: testSecret('a') }]],
    ['has something else in it', 'keys[0] must be an object', ['a:b']],
  ])('is refused when it %s', (_, reason, keys) => {
    expect(refusalOf({ keys })).toContain(reason);
  });
});

function twins(): object[] {
  return [
    { id: 'a', secret: bytes.toString('hex') },
    { id: 'b', secret: bytes.toString('base64') },
  ];
}
