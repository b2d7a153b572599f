import { EncryptionService } from 'nestjs-security';
import { optionsFromEnvironment } from '../../lib/security.config.js';
import { runCommandLine } from '../support/command-process.js';
import { testKey } from '../support/keys.js';
import { startServices } from '../support/services.js';

describe('nestjs-security key generate', () => {
  it('prints what goes into SECURITY_KEYS', async () => {
    const { code, stdout, stderr } = await runCommandLine(['key', 'generate', '--count', '3']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^(\d{4}-\d\d-\d\d-[0-9a-f]{8}:[\w-]{43}\n){3}$/);
    const options = optionsFromEnvironment({ SECURITY_KEYS: stdout });
    const { module } = await startServices(options);
    const encryption = module.get(EncryptionService);
    expect(encryption.decryptToString(encryption.encrypt('a'))).toBe('a');
  });

  it('prints what goes into SECURITY_ENCRYPTION_KEYS', async () => {
    const { stdout } = await runCommandLine([
      'key',
      'generate',
      '--format',
      'fernet',
      '--count',
      '2',
    ]);
    expect(stdout).toMatch(/^([\w-]{43}=\n){2}$/);
    const { encryption = {} } = optionsFromEnvironment({ SECURITY_ENCRYPTION_KEYS: stdout });
    const { module } = await startServices({ encryption });
    const service = module.get(EncryptionService);
    expect(service.decryptToString(service.encrypt('a'))).toBe('a');
  });

  it('takes an id, and makes another key every time', async () => {
    const words = ['key', 'generate', '--id', '2026-11'];
    const [first, second] = await Promise.all([runCommandLine(words), runCommandLine(words)]);
    expect(first.stdout).toMatch(/^2026-11:/);
    expect(first.stdout).not.toBe(second.stdout);
  });

  it.each([
    [['--count', '0']],
    [['--count', '1001']],
    [['--count', '2x']],
    [['--format', 'pem']],
    [['--id', 'a:b']],
    [['--id', '']],
    [['--id', 'x'.repeat(33)]],
    [['--id', 'a', '--count', '2']],
    [['--id', 'a', '--format', 'fernet']],
    [['surplus']],
  ])('%j ends with 2 and prints no key', async (words) => {
    const { code, stdout, stderr } = await runCommandLine(['key', 'generate', ...words]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: /);
  });
});

describe('nestjs-security token inspect', () => {
  let encryption: EncryptionService;
  beforeAll(async () => {
    const { module } = await startServices({
      keys: [testKey('k1')],
      clock: () => 1_795_000_000_000,
    });
    encryption = module.get(EncryptionService);
  });

  it('reads a token from the standard input, and shows what it tells without a key', async () => {
    const input = `${encryption.seal('hidden')}\n`;
    expect(await runCommandLine(['token', 'inspect'], {}, input)).toEqual({
      code: 0,
      stdout:
        'form:      stored\nkey:       k1\nversion:   0x80\ncreated:   2026-11-18T11:06:40.000Z\nplaintext: 0 to 15 bytes\n',
      stderr: '',
    });
  });

  it('takes a bare token as an argument, too', async () => {
    const { stdout } = await runCommandLine([
      'token',
      'inspect',
      encryption.encrypt('x'.repeat(16)),
    ]);
    expect(stdout).toContain('form:      token\nversion:');
    expect(stdout).toContain('plaintext: 16 to 31 bytes\n');
  });

  it('shows a time that no calendar has as it is', async () => {
    const { stdout } = await runCommandLine([
      'token',
      'inspect',
      encryption.encryptAtTime('', 2 ** 53 - 1),
    ]);
    expect(stdout).toContain('created:   9007199254740991 s\n');
  });

  it.each(['', 'x', 'f1.k1.x', '\u001b[2J', 'gAAAAA=='])(
    'ends with 1 for %j, and does not repeat it',
    async (input) => {
      const { code, stdout, stderr } = await runCommandLine(['token', 'inspect'], {}, input);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toBe(
        'nestjs-security: this has not the form of a Fernet token, nor of a stored one\n',
      );
    },
  );
});

describe('nestjs-security', () => {
  it('explains itself', async () => {
    const help = await runCommandLine(['--help']);
    expect(help.code).toBe(0);
    for (const name of ['key', 'token', 'rotate']) expect(help.stdout).toContain(`  ${name} `);
    expect((await runCommandLine(['rotate', '--help'])).stdout).toContain('--dry-run');
  });

  it.each([[[]], [['kye']], [['key', 'delete']]])('%j ends with 2', async (words) => {
    expect(await runCommandLine(words)).toMatchObject({ code: 2, stdout: '' });
  });
});
