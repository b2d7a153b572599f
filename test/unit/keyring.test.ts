import { inspect } from 'node:util';
import { createHash, createSecretKey, type KeyObject } from 'node:crypto';
import { Keyring, type HmacService } from 'nestjs-security';
import { hmacOver } from '../support/hmac.js';

const bytes = (name: string): Buffer => createHash('sha256').update(name).digest();
const keyOf = (name: string): KeyObject => createSecretKey(bytes(name));
const ring = new Keyring([
  { id: 'old', state: 'accepted', key: keyOf('old') },
  { id: 'next', state: 'staged', key: keyOf('next') },
  { id: 'now', state: 'primary', key: keyOf('now') },
  { id: 'leaked', state: 'revoked', key: keyOf('leaked') },
]);

function hmacUnder(name: string): HmacService {
  return hmacOver(new Keyring([{ id: name, state: 'primary', key: keyOf(name) }]));
}

describe('a Keyring', () => {
  it('creates with the primary key and accepts all but revoked ones', () => {
    expect(ring.keysFor('fernet').map(({ id }) => id)).toEqual(['now', 'old', 'next']);
  });

  it('gives every purpose another key, and always the same objects', () => {
    expect(ring.keysFor('fernet')[0].key.equals(ring.keysFor('hmac-sign')[0].key)).toBe(false);
    expect(ring.keysFor('fernet')).toBe(ring.keysFor('fernet'));
  });

  it('gives every list of parts another key, and the same list again while it is kept', () => {
    const [one, other] = [ring.keysFor('fernet', ['a', 'bc']), ring.keysFor('fernet', ['ab', 'c'])];
    expect(one.map(({ id }) => id)).toEqual(['now', 'old', 'next']);
    expect(one[0].key.equals(other[0].key)).toBe(false);
    expect(one[0].key.equals(ring.keysFor('fernet')[0].key)).toBe(false);
    expect(ring.keysFor('fernet', ['a', 'bc'])).toBe(one);
    expect(ring.revokedKeysFor('fernet', ['a', 'bc']).map(({ id }) => id)).toEqual(['leaked']);
  });

  it('gives the same keys for parts that it has not kept', () => {
    const before = ring.keysFor('fernet', ['row'])[0].key;
    for (let row = 0; row < 3000; row += 1) ring.keysFor('fernet', ['row', String(row)]);
    expect(ring.keysFor('fernet', ['row'])[0].key.equals(before)).toBe(true);
  });

  it('derives other keys for parts, too, once it has changed', () => {
    const changing = new Keyring([{ id: 'a', state: 'primary', key: keyOf('a') }]);
    changing.keysFor('hmac-token', ['reset']);
    changing.update([
      { id: 'b', state: 'primary', key: keyOf('b') },
      { id: 'a', state: 'revoked', key: keyOf('a') },
    ]);
    expect(changing.keysFor('hmac-token', ['reset']).map(({ id }) => id)).toEqual(['b']);
  });

  it.each([[['\ud800']], [[5]], [[['a']]], [[undefined]]])('refuses the parts %j', (parts) => {
    ring.keysFor('fernet', ['a']);
    expect(() => ring.keysFor('fernet', parts as string[])).toThrow(TypeError);
  });

  it('says what is active without saying any key', () => {
    expect(ring.describe()).toBe('primary now; also accepts old; staged next; revoked leaked');
    const keys = ring.keysFor('fernet', ['a']);
    const shown =
      inspect([ring, keys], { showHidden: true, depth: 9 }) + JSON.stringify([ring, keys]);
    for (const name of ['old', 'next', 'now', 'leaked']) {
      expect(shown).not.toContain(bytes(name).toString('hex'));
      expect(shown).not.toContain(bytes(name).toString('base64'));
    }
  });

  it('stays without keys when an update that it refuses comes after it went stale', () => {
    const stale = new Keyring([{ id: 'now', state: 'primary', key: keyOf('now') }]);
    stale.expire();
    const update = [{ id: 'b', state: 'accepted', key: keyOf('b') }] as const;
    expect(() => stale.update(update)).toThrow('needs a primary key');
    expect(stale.isStale).toBe(true);
  });

  it('needs a primary key', () => {
    expect(() => new Keyring([])).toThrow(TypeError);
  });
});

describe('signatures after a rotation', () => {
  const hmac = hmacOver(ring);

  it.each([
    ['now', true],
    ['old', true],
    ['next', true],
    ['leaked', false],
    ['foreign', false],
  ])('made under the key "%s" verify: %s', (name, verifies) => {
    expect(hmac.verify('data', hmacUnder(name).sign('data'))).toBe(verifies);
  });

  it('are made under the primary key', () => {
    expect(hmac.sign('data')).toBe(hmacUnder('now').sign('data'));
  });
});
