import { testKey, testSecret } from '../support/keys.js';
import { startServices } from '../support/services.js';
import { SecurityBootLog } from '../../lib/security.boot-log.js';

const key = `${testSecret('fernet')}=`;

describe('the boot log', () => {
  it('says what each configured service works with', async () => {
    const { module } = await startServices({
      keys: [testKey('2026-10'), testKey('2026-04')],
      password: {},
      encryption: {
        keys: [{ id: 'f2', key }, `${testSecret('older')}=`],
        rings: { pii: {}, partner: { keys: [{ id: 'p', key: `${testSecret('partner')}=` }] } },
      },
      webhook: {
        receivers: { github: { secret: 'one' }, 'github-eu': { scheme: 'github', secret: 'two' } },
      },
      apiKey: { keys: [{ id: 'ci', sha256: '0a'.repeat(32) }] },
      audit: { directory: './data/audit' },
    });
    const lines = module.get(SecurityBootLog).lines();
    expect(lines).toEqual([
      'keys: primary 2026-10; also accepts 2026-04',
      'passwords: Argon2id with m=65536 KiB, t=3, p=4',
      expect.stringMatching(
        /^encryption: Fernet under keys of its own, primary f2; also accepts [\w-]{8}$/,
      ),
      'encryption ring pii: Fernet under keys derived from "keys"',
      'encryption ring partner: Fernet under keys of its own, primary p',
      'webhooks: github, github-eu (github)',
      'API keys: ci',
      'audit: ./data/audit',
    ]);
    expect(lines.join()).not.toContain(testSecret('fernet').slice(0, 8));
  });

  it('leaves out what is not configured', async () => {
    const { module } = await startServices({
      keys: [
        { ...testKey('a'), state: 'primary' },
        { ...testKey('b'), state: 'revoked' },
      ],
    });
    expect(module.get(SecurityBootLog).lines()).toEqual([
      'keys: primary a; revoked b',
      'passwords: Argon2id with m=8 KiB, t=1, p=1',
      'encryption: Fernet under keys derived from "keys"',
    ]);
  });
});
