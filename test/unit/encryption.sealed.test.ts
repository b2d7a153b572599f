import fc from 'fast-check';
import { isSealed, parseSealed, type EncryptionService } from 'nestjs-security';
import { endOf } from '../support/error-code.js';
import { startEncryption } from '../support/encryption.js';
import { testKey } from '../support/keys.js';
import { settle } from '../support/services.js';

const shared = [
  { ...testKey('now'), state: 'primary' as const },
  { ...testKey('old'), state: 'accepted' as const },
  { ...testKey('leaked'), state: 'revoked' as const },
];

let encryption: EncryptionService;
let started: Awaited<ReturnType<typeof startEncryption>>;
beforeAll(async () => {
  started = await startEncryption({ shared, rings: { pii: {} } });
  ({ encryption } = started);
});

/** What an instance whose primary key is this one has sealed. */
async function sealedUnder(id: string): Promise<string> {
  const other = await startEncryption({ shared: [testKey(id)] });
  return other.encryption.seal('x');
}

describe('the stored form', () => {
  it('names the key, and is a Fernet token without the prefix', () => {
    const sealed = encryption.seal('x');
    expect(sealed).toMatch(/^f1\.now\.gAAAAA[\w-]+={0,2}$/);
    expect(encryption.decryptToString(sealed.slice('f1.now.'.length))).toBe('x');
    expect(encryption.openToString(sealed)).toBe('x');
  });

  it('opens under the key that it names', async () => {
    expect(encryption.openToString(await sealedUnder('old'))).toBe('x');
  });

  it('is tried with no other key than the one that it names', async () => {
    const sealed = await sealedUnder('old');
    const renamed = sealed.replace('f1.old.', 'f1.now.');
    expect(endOf(() => encryption.open(renamed))).toBe('ENC_TOKEN_INVALID');
  });

  it('of a revoked key opens only where that is asked for', async () => {
    const sealed = await sealedUnder('leaked');
    expect(endOf(() => encryption.open(sealed))).toBe('ENC_TOKEN_INVALID');
    expect(encryption.openToString(sealed, { allowRevokedKey: true })).toBe('x');
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a list', [['f1', 'now', 'x']]],
    ['an empty text', ''],
    ['the prefix alone', 'f1.now.'],
    ['an empty id', 'f1..gAAAAA'],
    ['an unknown id', 'f1.nobody.gAAAAA'],
    ['an inherited name', 'f1.__proto__.gAAAAA'],
    ['an id of 33 characters', `f1.${'a'.repeat(33)}.gAAAAA`],
    ['an id with other characters', 'f1.no w.gAAAAA'],
    ['another version', 'f2.now.gAAAAA'],
  ])('is refused when it is %s', (_, value) => {
    expect(endOf(() => encryption.open(value as string))).toBe('ENC_TOKEN_INVALID');
  });

  it('is refused when it is a bare token, as a stored form is where a token is expected', () => {
    expect(endOf(() => encryption.open(encryption.encrypt('x')))).toBe('ENC_TOKEN_INVALID');
    expect(endOf(() => encryption.decrypt(encryption.seal('x')))).toBe('ENC_TOKEN_INVALID');
  });

  it('with an id of 10 MB is refused at once', () => {
    const value = `f1.${'a'.repeat(10_000_000)}.gAAAAA`;
    const before = performance.now();
    for (let round = 0; round < 100; round += 1) {
      expect(endOf(() => encryption.open(value))).toBe('ENC_TOKEN_INVALID');
      expect([parseSealed(value), isSealed(value)]).toEqual([undefined, false]);
    }
    expect(performance.now() - before).toBeLessThan(1000);
  });

  it('is refused with the same words whatever is wrong, and the log says why', async () => {
    const values = ['f1.nobody.gAAAAA', await sealedUnder('leaked'), 'f1.now.gAAAAA'];
    for (const value of values)
      expect(() => encryption.open(value)).toThrow(/^the token is not valid$/);
    expect(endOf(() => encryption.open(encryption.seal('x'), { ring: 'pii' }))).toBe(
      'ENC_TOKEN_INVALID',
    );
    await settle();
    const reasons = started.log.recordsOf('crypt_decrypt_fail').map(({ reason }) => reason);
    expect(reasons).toEqual(
      expect.arrayContaining(['unknown-key', 'revoked-key', 'malformed', 'no-matching-key']),
    );
    const targets = started.log.recordsOf('crypt_decrypt_fail').map(({ target }) => target);
    expect(targets).toContainEqual({ type: 'ring', id: 'pii' });
  });
});

describe('parseSealed and isSealed', () => {
  it('tell the id and the token of what was sealed', () => {
    const sealed = encryption.seal('x');
    const [, , token] = sealed.split('.');
    expect(parseSealed(sealed)).toEqual({ keyId: 'now', token });
    expect([isSealed(sealed), encryption.isSealed(sealed)]).toEqual([true, true]);
  });

  it.each(['f1.now.hello', 'f1.now.', 'f1.x', 'plain', '', 'f1.now.gAAA'])(
    'take the text %j for plain',
    (text) => expect(isSealed(text)).toBe(false),
  );

  it('take a stored form that was cut, or has something behind it, for plain', () => {
    const sealed = encryption.seal('x');
    for (const text of [sealed.slice(0, -1), `${sealed}\n`, `${sealed}AAAA`, ` ${sealed}`]) {
      expect(isSealed(text)).toBe(false);
    }
  });

  it('never throw, and put together what they took apart (property)', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => !isSealed(value) && parseSealed(value) === undefined),
    );
    const texts = fc.stringMatching(/^f1\.[\w-]{0,40}\.?[\w-]{0,40}=?$/);
    fc.assert(
      fc.property(texts, (text) => {
        const parts = parseSealed(text);
        return parts === undefined || `f1.${parts.keyId}.${parts.token}` === text;
      }),
    );
  });
});
