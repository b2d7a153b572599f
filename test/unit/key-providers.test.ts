import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AwsSecretsManagerKeyProvider,
  EnvironmentKeyProvider,
  FileKeyProvider,
  KeyProvider,
  VaultKeyProvider,
  type KeyDocument,
} from 'nestjs-security';
import { keyDocument } from '../support/key-store.js';
import { testSecret } from '../support/keys.js';
import { refusalOf, ringOf } from '../support/loaded-ring.js';

const LIST = `b:${testSecret('b')},a:${testSecret('a')}`;
const DOCUMENT = keyDocument('b', ['a', 'b']);

describe('EnvironmentKeyProvider', () => {
  const variable = 'NESTJS_SECURITY_TEST_KEYS';

  afterEach(() => {
    delete process.env[variable];
  });

  it.each([
    ['a list, the primary first', LIST, ['b primary', 'a accepted']],
    ['a list with spaces', ` ${LIST.replace(',', ' , ')}\n`, ['b primary', 'a accepted']],
    ['a list with prefixes', `x:hex:${'0123456789abcdef'.repeat(4)}`, ['x primary']],
    ['a document', DOCUMENT, ['a accepted', 'b primary']],
  ])('reads %s', async (_, text, ring) => {
    process.env[variable] = text;
    expect(await ringOf(new EnvironmentKeyProvider({ variable }))).toEqual(ring);
  });

  it('reads it anew each time, from SECURITY_KEYS unless told otherwise', async () => {
    expect(new EnvironmentKeyProvider().name).toBe('environment variable SECURITY_KEYS');
    const provider = new EnvironmentKeyProvider({ variable, refreshSeconds: 1 });
    process.env[variable] = `a:${testSecret('a')}`;
    expect(await ringOf(provider)).toEqual(['a primary']);
    process.env[variable] = LIST;
    expect(await ringOf(provider)).toEqual(['b primary', 'a accepted']);
    expect(provider.refresh.refreshSeconds).toBe(1);
  });

  it.each([
    ['is not set', undefined, 'KEY_PROVIDER_FAILED', 'it is not set): set it to id:secret'],
    ['is blank', ' ', 'KEY_PROVIDER_FAILED', 'it is empty): set it to id:secret'],
    ['is cut off', DOCUMENT.slice(0, -1), 'KEY_DOCUMENT_INVALID', 'is not JSON'],
    ['has no ids', testSecret('a'), 'KEY_DOCUMENT_INVALID', 'keys[0].id must be 1 to 32'],
    ['ends in a comma', `${LIST},`, 'KEY_DOCUMENT_INVALID', 'keys[2].key is empty'],
  ])('fails without showing it when it %s', async (_, text, code, mend) => {
    if (text !== undefined) process.env[variable] = text;
    const error = await refusalOf(new EnvironmentKeyProvider({ variable }));
    expect(error).toMatchObject({ code, message: expect.stringContaining(mend) });
    expect(error.message).not.toContain(testSecret('a'));
  });
});

describe('FileKeyProvider', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nestjs-security-keys-'));
  const path = join(folder, 'keys.json');
  const provider = new FileKeyProvider({ path });

  afterAll(() => rmSync(folder, { recursive: true }));

  function write(text: string, mode = 0o600): void {
    writeFileSync(path, text);
    chmodSync(path, mode);
  }

  it.each([0o600, 0o400])('reads a private file (mode %o)', async (mode) => {
    rmSync(path, { force: true });
    write(`${DOCUMENT}\n`, mode);
    expect(await ringOf(provider)).toEqual(['a accepted', 'b primary']);
  });

  it.each([0o640, 0o604, 0o644, 0o622])(
    'refuses a file that others may read (mode %o)',
    async (mode) => {
      rmSync(path, { force: true });
      write(DOCUMENT, mode);
      const verdict = await ringOf(provider).then(String, ({ message }: Error) => message);
      // Windows has no such modes.
      const isWindows = process.platform === 'win32';
      expect(verdict).toMatch(
        isWindows ? 'a accepted,b primary' : 'its path names a file that others',
      );
    },
  );

  it('refuses a pipe that nobody writes to, instead of waiting for ever', async () => {
    // Windows has no such pipes.
    if (process.platform === 'win32') return;
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', ['-m', '600', pipe]);
    const error = await refusalOf(new FileKeyProvider({ path: pipe }));
    expect(error.message).toContain('its path names a file that cannot be read (ESPIPE)');
  });

  it.each([
    ['half written', DOCUMENT.slice(0, 90), 'KEY_DOCUMENT_INVALID', 'is not JSON'],
    ['empty', '', 'KEY_PROVIDER_FAILED', 'its path names an empty file'],
    ['a list', LIST, 'KEY_DOCUMENT_INVALID', 'is not JSON'],
    ['too large', ' '.repeat(2 ** 20) + DOCUMENT, 'KEY_PROVIDER_FAILED', 'more than 1048576 bytes'],
  ])('fails without showing the file when it is %s', async (_, text, code, mend) => {
    rmSync(path, { force: true });
    write(text);
    const error = await refusalOf(provider);
    expect(error).toMatchObject({ code, message: expect.stringContaining(mend) });
    expect(error.message).not.toContain(testSecret('a'));
  });

  it('says why a file cannot be read', async () => {
    const error = await refusalOf(new FileKeyProvider({ path: join(folder, 'none.json') }));
    expect(error.message).toContain('ENOENT');
  });
});

describe('A key provider', () => {
  const client = { getSecretValue: async () => ({}), read: async () => ({}) };

  it.each([
    ['a variable', () => new EnvironmentKeyProvider({ variable: '' })],
    ['a path', () => new FileKeyProvider({ path: '' })],
    ['a secretId', () => new AwsSecretsManagerKeyProvider({ client, secretId: '' })],
    ['a path in Vault', () => new VaultKeyProvider({ client, path: '' })],
    ['a client of Vault', () => new VaultKeyProvider({ client: {} as never, path: 'x' })],
    [
      'the client that has getSecretValue',
      () =>
        new AwsSecretsManagerKeyProvider({
          // @ts-expect-error: it knows commands only
          client: new SecretsManagerClient({ region: 'eu-central-1' }),
          secretId: 'x',
        }),
    ],
  ])('is not made without %s', (_, make) => {
    expect(make).toThrow(TypeError);
  });

  it.each([
    [
      'at once',
      20,
      () => {
        throw new Error(testSecret('a'));
      },
    ],
    [
      'with what is no error',
      20,
      async () => {
        throw testSecret('a');
      },
    ],
    [
      'with a name that is no word',
      20,
      async () => {
        throw { name: testSecret('a') + '\n' };
      },
    ],
    ['within a part of a millisecond', 0.5, () => new Promise<KeyDocument>(() => undefined)],
  ] as const)('that fails %s is heard once, and shows nothing', async (_, timeoutMs, load) => {
    class Failing extends KeyProvider {
      readonly name = 'my store';
      load = load;
    }
    const unheard: unknown[] = [];
    const listen = (reason: unknown): void => void unheard.push(reason);
    process.on('unhandledRejection', listen);
    const error = await refusalOf(new Failing({ timeoutMs }));
    await new Promise((resolve) => setTimeout(resolve, 60));
    process.off('unhandledRejection', listen);
    expect(error.code).toBe('KEY_PROVIDER_FAILED');
    expect(error.message).not.toContain(testSecret('a'));
    expect(unheard).toEqual([]);
  });

  it('is believed when it says never to time out', async () => {
    process.env['NESTJS_SECURITY_TEST_KEYS'] = LIST;
    const provider = new EnvironmentKeyProvider({
      variable: 'NESTJS_SECURITY_TEST_KEYS',
      timeoutMs: Infinity,
    });
    expect(await ringOf(provider)).toHaveLength(2);
    delete process.env['NESTJS_SECURITY_TEST_KEYS'];
  });
});
