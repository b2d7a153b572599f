import { createSecretKey } from 'node:crypto';
import { inspect } from 'node:util';
import { EncryptionService, Keyring } from 'nestjs-security';
import { optionsFromEnvironment } from '../../lib/security.config.js';
import { resolveSecurityOptions } from '../../lib/security.options.js';
import { endOf } from '../support/error-code.js';
import { fernetKey, startEncryption } from '../support/encryption.js';
import { testKey, testSecret } from '../support/keys.js';
import { refusalOf } from '../support/refusal.js';
import { startServices } from '../support/services.js';

const KEY = fernetKey('one');
const raw = Buffer.from(KEY, 'base64url');

function withSecondHalf(name: string): string {
  const other = Buffer.from(fernetKey(name), 'base64url');
  const halves = Buffer.concat([other.subarray(0, 16), raw.subarray(16)]);
  return `${halves.toString('base64url')}=`;
}

function withFirstHalf(name: string): string {
  const other = Buffer.from(fernetKey(name), 'base64url');
  return `${Buffer.concat([raw.subarray(0, 16), other.subarray(16)]).toString('base64url')}=`;
}

function refusal(encryption: unknown): string {
  return refusalOf({ keys: [testKey('a')], encryption });
}

describe('a Fernet key is refused at the start', () => {
  it.each<[string, unknown, string]>([
    ['of 31 bytes', `${'QUJD'.repeat(10)}QQ==`, 'keys[0] is 31 bytes long'],
    ['of 33 bytes', 'QUJD'.repeat(11), 'keys[0] is 33 bytes long'],
    ['in hex', raw.toString('hex'), 'keys[0] is 48 bytes long after decoding'],
    ['with a line end', `${KEY}\n`, 'keys[0] begins or ends with white space'],
    ['in the other alphabet', raw.toString('base64').replace(/^./, '+'), 'keys[0] is not a Fernet'],
    ['without its padding', KEY.slice(0, -1), 'keys[0] is not a Fernet key'],
    [
      'that is the placeholder of the guide, and the message says why',
      'old-key-32-bytes-url-safe-encoded=',
      'is a placeholder from a guide: 34 characters that decode to no 32 bytes, known to everybody',
    ],
    ['with an id of 33 characters', { id: 'x'.repeat(33), key: KEY }, 'keys[0].id must be 1 to 32'],
    ['in a misspelt member', { id: 'a', kye: KEY }, 'Did you mean "key"?'],
    ['in an unknown state', { key: KEY, state: 'primry' }, 'keys[0].state must be one of primary'],
  ])('%s', (_, key, message) => {
    expect(refusal({ keys: [key] })).toContain(message);
    expect(refusal({ rings: { pii: { keys: [key] } } })).toContain(message);
  });

  it('and is not shown', () => {
    const message = refusal({ keys: [KEY.slice(0, -1), `${KEY}\n`, raw.toString('hex')] });
    for (const spelling of [KEY.slice(0, 20), raw.toString('hex').slice(0, 20)]) {
      expect(message).not.toContain(spelling);
    }
  });
});

describe('a ring is refused at the start', () => {
  const states = (...list: unknown[]): unknown[] =>
    list.map((state, index) => ({ id: `k${index}`, key: fernetKey(`k${index}`), state }));

  it.each<[string, unknown, string]>([
    ['without keys', { keys: [] }, 'encryption.keys has no key'],
    ['with a number for a list', { keys: 5 }, 'encryption.keys must be a list of Fernet keys'],
    ['with nothing for a list', { keys: null }, 'encryption.keys must be a list of Fernet keys'],
    ['with a list for the rings', { rings: [] }, 'encryption.rings must be an object such as'],
    [
      'with a number for the keys of a ring',
      { keys: [KEY], rings: { pii: { keys: 5 } } },
      'encryption.rings.pii.keys must be a list of Fernet keys',
    ],
    ['with a text for a list', { keys: KEY }, 'encryption.keys must be a list of Fernet keys'],
    ['with two primaries', { keys: states('primary', 'primary') }, 'has 2 primary keys'],
    ['without a primary', { keys: states('accepted', 'revoked') }, 'has 0 primary keys'],
    ['with a state for some', { keys: states('primary', undefined) }, 'to every key or to none'],
    [
      'with the same id twice',
      {
        keys: [
          { id: 'a', key: KEY },
          { id: 'a', key: fernetKey('two') },
        ],
      },
      'share an id or half of their bytes (the second is "a")',
    ],
    ['with the same key twice', { keys: [KEY, KEY] }, 'share an id or half of their bytes'],
    ['with two that sign alike', { keys: [KEY, withFirstHalf('two')] }, 'half of their bytes'],
    ['with two that encrypt alike', { keys: [KEY, withSecondHalf('two')] }, 'half of their bytes'],
    ['without such keys', { rings: { pii: { keys: [] } } }, 'encryption.rings.pii.keys has no key'],
    ['without settings', { rings: { pii: null } }, 'encryption.rings.pii must be an object'],
    ['with an unfit name', { rings: { '1st': {} } }, 'with a letter first'],
    ['with too long a name', { rings: { ['x'.repeat(33)]: {} } }, 'with a letter first'],
    ['with a misspelt option', { rings: { pii: { kyes: [] } } }, 'Did you mean "keys"?'],
    [
      'with a key of another ring',
      { keys: [KEY], rings: { pii: { keys: [fernetKey('two'), withSecondHalf('three')] } } },
      'encryption.rings.pii.keys has the key',
    ],
    [
      'with a key of a ring beside it',
      { rings: { a: { keys: [KEY] }, b: { keys: [withFirstHalf('two')] } } },
      'encryption.rings.b.keys has the key',
    ],
  ])('%s', (_, options, message) => {
    expect(refusal(options)).toContain(message);
  });
});

describe('keys of its own', () => {
  it('create in the state primary, wherever that stands, and open unless revoked', async () => {
    const alone = async (id: string): Promise<EncryptionService> =>
      (await startEncryption({ keys: [{ id, key: fernetKey(id) }] })).encryption;
    const { encryption } = await startEncryption({
      keys: [
        { id: 'staged', key: fernetKey('staged'), state: 'staged' },
        { id: 'primary', key: fernetKey('primary'), state: 'primary' },
        { id: 'accepted', key: fernetKey('accepted'), state: 'accepted' },
        { id: 'revoked', key: fernetKey('revoked'), state: 'revoked' },
      ],
    });
    expect(encryption.seal('x')).toMatch(/^f1\.primary\./);
    const ends = await Promise.all(
      ['staged', 'primary', 'accepted', 'revoked'].map(async (id) => {
        const other = await alone(id);
        return endOf(() => encryption.decrypt(other.encrypt('x')));
      }),
    );
    expect(ends).toEqual(['done', 'done', 'done', 'ENC_TOKEN_INVALID']);
  });

  it('do not touch the shared ones', async () => {
    const { encryption } = await startEncryption({ keys: [KEY], rings: { pii: {} } });
    const other = (await startEncryption({ rings: { pii: {} } })).encryption;
    expect(other.decryptToString(encryption.encrypt('x', { ring: 'pii' }), { ring: 'pii' })).toBe(
      'x',
    );
    expect(endOf(() => other.decrypt(encryption.encrypt('x')))).toBe('ENC_TOKEN_INVALID');
  });
});

it('keys that change while the application runs are used at once, for contexts, too', async () => {
  const { module } = await startServices({ keys: [testKey('old')] });
  const encryption = module.get(EncryptionService);
  const options = { context: ['row', '1'] };
  const before = encryption.seal('x', options);
  const keyOf = (id: string) => createSecretKey(Buffer.from(testSecret(id), 'base64url'));
  const ring = module.get(Keyring);
  ring.update([
    { id: 'new', state: 'primary', key: keyOf('new') },
    { id: 'old', state: 'accepted', key: keyOf('old') },
  ]);
  expect(encryption.seal('x', options)).toMatch(/^f1\.new\./);
  expect(encryption.needsRotation(before, options)).toBe(true);
  ring.update([
    { id: 'new', state: 'primary', key: keyOf('new') },
    { id: 'old', state: 'revoked', key: keyOf('old') },
  ]);
  expect(endOf(() => encryption.open(before, options))).toBe('ENC_TOKEN_INVALID');
  ring.expire();
  expect(endOf(() => encryption.open(before, options))).toBe('KEY_RING_STALE');
});

it('a ring takes its keys from a variable of its name', () => {
  const environment = {
    SECURITY_KEYS: `a:${testSecret('a')}`,
    SECURITY_ENCRYPTION_RINGS_CARD_DATA_KEYS: `${KEY},${fernetKey('two')}`,
  };
  const options = resolveSecurityOptions(optionsFromEnvironment(environment));
  const ring = options.encryption.rings.get('card-data');
  expect(ring?.keys?.map(({ state }) => state)).toEqual(['primary', 'accepted']);
});

describe('generateKey', () => {
  it('makes a key that the options take, and prints none', async () => {
    const { encryption } = await startEncryption();
    const key = encryption.generateKey();
    expect(key.reveal()).toMatch(/^[\w-]{43}=$/);
    expect(encryption.generateKey().reveal()).not.toBe(key.reveal());
    const other = (await startEncryption({ keys: [key] })).encryption;
    expect(other.decryptToString(other.encrypt('x'))).toBe('x');
  });
});

it('printing the service, a ring or what is bound shows no key', async () => {
  const { encryption } = await startEncryption({ keys: [KEY], rings: { pii: {} } });
  encryption.encrypt('x', { context: 'a' });
  const pii = encryption.ring('pii');
  for (const value of [encryption, pii, pii.bind('a')]) {
    const shown = inspect(value, { depth: 20, showHidden: true });
    const secrets = [raw, raw.subarray(0, 16), raw.subarray(16)];
    for (const secret of secrets) {
      expect(shown).not.toContain(secret.toString('base64url'));
      expect(shown).not.toContain(secret.toString('hex').match(/../g)?.join(' ') ?? '');
    }
  }
});
