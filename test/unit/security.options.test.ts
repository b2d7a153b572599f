import { inspect } from 'node:util';
import { MemoryAuditSink } from 'nestjs-security/testing';
import { resolveSecurityOptions } from '../../lib/security.options.js';
import { refusalOf } from '../support/refusal.js';
import { testKey } from '../support/keys.js';

const keys = [testKey('a')];
const sha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

describe('options are refused with the name of the option and the mend:', () => {
  it.each<[string, string, object]>([
    [
      'an unknown option',
      'SecurityModule has no option "encyption". Did you mean "encryption"?',
      { keys, encyption: {} },
    ],
    [
      'an unknown option within',
      'password has no option "memoryKib". Did you mean "memoryKiB"?',
      { keys, password: { memoryKib: 1 } },
    ],
    [
      'one like no other',
      'SecurityModule has no option "zzzzzz". It knows: keys, totp, password,',
      { keys, zzzzzz: 1 },
    ],
    ['a group that is none', 'password must be an object such as', { keys, password: 5 }],
    [
      'too little memory',
      'password.memoryKiB must be a whole number of KiB from 8',
      { keys, password: { memoryKiB: 1 } },
    ],
    [
      'memory in lanes',
      'password needs at least 8 KiB of memory for each lane',
      { keys, password: { memoryKiB: 16, parallelism: 4 } },
    ],
    [
      'endless work',
      'memoryKiB x timeCost may be at most',
      { keys, password: { memoryKiB: 262_144, timeCost: 16 } },
    ],
    [
      'NaN',
      'password.timeCost must be a whole number of passes',
      { keys, password: { timeCost: NaN } },
    ],
    [
      'a text for a number',
      'password.timeCost must be a whole number of passes',
      { keys, password: { timeCost: '3' } },
    ],
    [
      "the guide's placeholder key",
      'encryption.keys[0] is a placeholder from a guide',
      { keys, encryption: { keys: ['old-key-32-bytes-url-safe-encoded='] } },
    ],
    [
      'a Fernet key of 31 bytes',
      'encryption.keys[0] is 31 bytes long',
      { keys, encryption: { keys: [`${'QUJD'.repeat(10)}QQ==`] } },
    ],
    [
      'a Fernet key of zeroes',
      'encryption.keys[0] is not random',
      { keys, encryption: { keys: [`${'A'.repeat(43)}=`] } },
    ],
    ['no Fernet key', 'encryption.keys has no key', { keys, encryption: { keys: [] } }],
    [
      'a Fernet key that is undefined',
      'encryption.keys[0] is undefined',
      { keys, encryption: { keys: [undefined] } },
    ],
    [
      'two Fernet keys that share a half',
      'share an id or half of their bytes',
      { keys, encryption: { keys: fernetTwins() } },
    ],
    [
      'an undefined secret',
      'webhook.receivers.github.secret is undefined',
      { keys, webhook: { receivers: { github: { secret: undefined } } } },
    ],
    [
      'an empty secret',
      'webhook.receivers.github.secret is empty',
      { keys, webhook: { receivers: { github: { secret: '' } } } },
    ],
    [
      'a secret with a line end',
      'webhook.receivers.github.secret begins or ends with white space',
      { keys, webhook: { receivers: { github: { secret: 's\n' } } } },
    ],
    [
      'an unknown scheme',
      'webhook.receivers.gitlab.scheme must be one of: github',
      { keys, webhook: { receivers: { gitlab: { secret: 's' } } } },
    ],
    [
      'a name with a dot',
      'has a name that is not 1 to 64',
      { keys, webhook: { receivers: { 'git.hub': { secret: 's' } } } },
    ],
    [
      'a key instead of its digest',
      'apiKey.keys[0].sha256 must be 64 hexadecimal digits',
      { keys, apiKey: { keys: [{ id: 'a', sha256: 'secret' }] } },
    ],
    [
      'the digest of nothing',
      'is the SHA-256 of an empty text',
      {
        keys,
        apiKey: {
          keys: [
            { id: 'a', sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
          ],
        },
      },
    ],
    [
      'one API key under two ids',
      'has one key under two ids',
      {
        keys,
        apiKey: {
          keys: [
            { id: 'a', sha256 },
            { id: 'b', sha256 },
          ],
        },
      },
    ],
    [
      'a scope with a space',
      'apiKey.keys[0].scopes[0] must be 1 to 64',
      { keys, apiKey: { keys: [{ id: 'a', sha256, scopes: ['a b'] }] } },
    ],
    [
      'an empty audit directory',
      'audit.directory must be the path of a folder',
      { keys, audit: { directory: '' } },
    ],
    [
      'two sinks of one name',
      'audit.sinks must have names of their own',
      { keys, audit: { directory: false, sinks: [new MemoryAuditSink(), new MemoryAuditSink()] } },
    ],
    ['a clock that is a number', 'clock must be a function', { keys, clock: 5 }],
  ])('%s', (_, message, options) => {
    expect(refusalOf(options)).toContain(message);
  });

  it.each([undefined, null])('%p instead of options', (options) => {
    expect(refusalOf(options)).toContain('return an object from the factory');
  });

  it('several at once, a line each', () => {
    const lines = refusalOf({ kyes: [], password: { timeCost: 0 } }).split('\n');
    expect(lines[0]).toBe('SecurityModule cannot start, 3 options are wrong:');
    expect(lines).toHaveLength(4);
  });
});

describe('options that were accepted', () => {
  const options = resolveSecurityOptions({
    keys,
    webhook: { receivers: { github: { secret: 'the webhook secret' } } },
    encryption: { keys: ['cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4='] },
    apiKey: { keys: [{ id: 'ci', sha256: sha256.toUpperCase() }] },
  });

  it('have the defaults of the guide', () => {
    expect(options.password).toMatchObject({
      scheme: 'argon2id',
      parameters: { memoryKiB: 65_536, timeCost: 3, parallelism: 4 },
      pepper: 'off',
    });
    expect(options.encryption).toMatchObject({
      maxPlaintextBytes: 16_777_216,
      clockSkewSeconds: 60,
    });
  });

  it('are frozen', () => {
    expect(Object.isFrozen(options)).toBe(true);
    expect(Object.isFrozen(options.password)).toBe(true);
    expect(Object.isFrozen(options.encryption.keys)).toBe(true);
  });

  it('leave objects of the user as they are', () => {
    const clock = Object.assign(() => 0, { now: 0 });
    resolveSecurityOptions({ keys, clock });
    expect(Object.isFrozen(clock)).toBe(false);
  });

  it('show no secret when printed', () => {
    const { keys: _, ...others } = options;
    const shown = inspect(others, { depth: 9, showHidden: true });
    expect(shown).not.toContain('the webhook secret');
    expect(shown).not.toContain('cw_0x689');
  });

  it('give every feature the common clock, unless it has its own', () => {
    const [common, own] = [() => 1, () => 2];
    const resolved = resolveSecurityOptions({ keys, clock: common, audit: { clock: own } });
    expect([resolved.encryption.clock, resolved.audit.clock]).toEqual([common, own]);
  });
});

function fernetTwins(): string[] {
  const signing = 'AAECAwQFBgcICQoLDA0ODw';
  const half = Buffer.from(signing, 'base64url');
  return [1, 2].map(
    (fill) => `${Buffer.concat([half, Buffer.alloc(16, fill)]).toString('base64url')}=`,
  );
}
