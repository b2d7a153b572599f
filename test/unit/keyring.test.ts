import { inspect } from 'node:util';
import { createHash, createSecretKey, type KeyObject } from 'node:crypto';
import { HmacService, Keyring, SecurityEvents } from 'nestjs-security';

const bytes = (name: string): Buffer => createHash('sha256').update(name).digest();
const keyOf = (name: string): KeyObject => createSecretKey(bytes(name));
const ring = new Keyring([
  { id: 'old', state: 'accepted', key: keyOf('old') },
  { id: 'next', state: 'staged', key: keyOf('next') },
  { id: 'now', state: 'primary', key: keyOf('now') },
  { id: 'leaked', state: 'revoked', key: keyOf('leaked') },
]);

function hmacUnder(name: string): HmacService {
  return new HmacService(
    new Keyring([{ id: name, state: 'primary', key: keyOf(name) }]),
    new SecurityEvents(),
  );
}

describe('a Keyring', () => {
  it('creates with the primary key and accepts all but revoked ones', () => {
    expect(ring.keysFor('fernet').map(({ id }) => id)).toEqual(['now', 'old', 'next']);
  });

  it('gives every purpose another key, and always the same objects', () => {
    expect(ring.keysFor('fernet')[0].key.equals(ring.keysFor('hmac-sign')[0].key)).toBe(false);
    expect(ring.keysFor('fernet')).toBe(ring.keysFor('fernet'));
  });

  it('says what is active without saying any key', () => {
    expect(ring.describe()).toBe('primary now; also accepts old; staged next; revoked leaked');
    const shown = inspect(ring, { showHidden: true, depth: 9 }) + JSON.stringify(ring);
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
  const hmac = new HmacService(ring, new SecurityEvents());

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
