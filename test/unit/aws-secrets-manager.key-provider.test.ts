import { createHash } from 'node:crypto';
import { AwsSecretsManagerKeyProvider } from 'nestjs-security';
import { loadKeys } from '../../lib/key-provider/load-keys.js';
import { AwsSecretsManagerDouble } from '../support/aws-secrets-manager.double.js';
import { keyDocument } from '../support/key-store.js';
import { testSecret } from '../support/keys.js';
import { refusalOf, ringOf } from '../support/loaded-ring.js';

const DOCUMENT = keyDocument('b', ['a', 'b']);

describe('AwsSecretsManagerKeyProvider', () => {
  let store: AwsSecretsManagerDouble;
  const bare = (name: string): string => testSecret(name);
  const idOf = (version: string): string => version.replaceAll('-', '');

  beforeEach(async () => {
    store = new AwsSecretsManagerDouble();
    await store.start();
  });
  afterEach(() => store.stop());

  it('takes a document as it is, with one question', async () => {
    store.put(bare('old'));
    store.put(DOCUMENT);
    expect(await ringOf(store.provider())).toEqual(['a accepted', 'b primary']);
    expect(store.received).toHaveLength(1);
  });

  it('takes a document that was stored as bytes', async () => {
    store.put(Buffer.from(`\n${DOCUMENT}`.trim()));
    expect(await ringOf(store.provider())).toEqual(['a accepted', 'b primary']);
  });

  it('maps the stages of a bare key', async () => {
    const provider = store.provider();
    const first = store.put(bare('1'));
    expect(await ringOf(provider)).toEqual([`${idOf(first)} primary`]);
    const second = store.putPending(bare('2'));
    expect(await ringOf(provider)).toEqual([`${idOf(first)} primary`, `${idOf(second)} staged`]);
    store.promote();
    expect(await ringOf(provider)).toEqual([`${idOf(second)} primary`, `${idOf(first)} accepted`]);
    const third = store.put(bare('3'));
    expect(await ringOf(provider)).toEqual([`${idOf(third)} primary`, `${idOf(second)} accepted`]);
  });

  it('takes bytes as the key itself', async () => {
    const bytes = createHash('sha256').update('{').digest();
    bytes[0] = 0x7b;
    store.put(bytes);
    const [key] = await loadKeys(store.provider());
    expect(key?.state).toBe('primary');
    expect(key?.key.export()).toEqual(bytes);
  });

  it('gives a version that was named by its maker an id of 32 hex digits', async () => {
    store.put(bare('1'), 'terraform-20261123100000000000000001');
    const [key] = await loadKeys(store.provider());
    expect(key?.id).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each([
    ['a document that is cut off', DOCUMENT.slice(0, -1), 'is not JSON'],
    ['a text that is no key', 'correct horse battery staple', 'keys[0].key is neither hex nor'],
    ['a weak key', 'changeme'.repeat(6), 'keys[0].key is not random'],
    ['other JSON', '{"username":"app","password":"swordfish"}', 'has no option "username"'],
  ])('fails without showing it for %s', async (_, value, mend) => {
    store.put(value);
    const error = await refusalOf(store.provider());
    expect(error).toMatchObject({
      code: 'KEY_DOCUMENT_INVALID',
      message: expect.stringContaining(mend),
    });
    expect(error.message).not.toMatch(/horse|changeme|swordfish/);
  });

  it('fails when a stage holds a document beside a bare key', async () => {
    store.put(DOCUMENT);
    store.put(bare('1'));
    expect((await refusalOf(store.provider())).message).toContain('keep all of them in one form');
  });

  it('fails with the kind of the failure and no address', async () => {
    const provider = store.provider();
    const missing = await refusalOf(provider);
    expect(missing.message).toContain('(ResourceNotFoundException)');
    await store.stop();
    const down = await refusalOf(provider);
    await store.start();
    expect(down.code).toBe('KEY_PROVIDER_FAILED');
    expect([...store.leaksIn(missing), ...store.leaksIn(down)]).toEqual([]);
  });

  it('fails when a stage is refused, as only a stage that does not exist holds no key', async () => {
    const client = {
      getSecretValue: async ({ VersionStage = '' }) => {
        if (VersionStage === 'AWSCURRENT') return { SecretString: bare('1'), VersionId: 'v1' };
        throw Object.assign(new Error(), { name: 'AccessDeniedException' });
      },
    };
    const provider = new AwsSecretsManagerKeyProvider({ client, secretId: 'app/keys' });
    expect((await refusalOf(provider)).message).toContain('(AccessDeniedException)');
  });

  it.each([{}, { SecretString: bare('1') }, { VersionId: 'v1' }])(
    'fails for an answer without a secret or a version (%#)',
    async (answer) => {
      const client = { getSecretValue: async () => answer };
      const provider = new AwsSecretsManagerKeyProvider({ client, secretId: 'app/keys' });
      expect((await refusalOf(provider)).code).toBe('KEY_PROVIDER_FAILED');
    },
  );
});
