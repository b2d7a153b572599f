import { VaultKeyProvider } from 'nestjs-security';
import { loadKeys } from '../../lib/key-provider/load-keys.js';
import { keyDocument } from '../support/key-store.js';
import { refusalOf, ringOf } from '../support/loaded-ring.js';
import { VaultDouble } from '../support/vault.double.js';

const DOCUMENT = keyDocument('b', ['a', 'b']);

describe('VaultKeyProvider', () => {
  const document = JSON.parse(DOCUMENT) as Record<string, unknown>;
  let store: VaultDouble;

  beforeEach(async () => {
    store = new VaultDouble();
    await store.start();
  });
  afterEach(() => store.stop());

  it.each([
    ['is the secret itself', document],
    ['is a text in its field "document"', { document: DOCUMENT, note: 'made by hand' }],
  ])('takes a document that %s', async (_, data) => {
    store.write(data);
    expect(await ringOf(store.provider())).toEqual(['a accepted', 'b primary']);
    expect(store.received).toMatchObject([{ method: 'GET', path: '/v1/secret/data/app-keys' }]);
  });

  it.each([
    ['deleted', 'undelete it or write a new version'],
    ['destroyed', 'write a new version of the secret'],
  ] as const)('says that the version is %s', async (end, mend) => {
    store.write(document);
    store.end(end);
    const { code, message } = await refusalOf(store.provider());
    expect(code).toBe('KEY_PROVIDER_FAILED');
    expect(message).toContain(`the latest version is ${end}): ${mend}`);
  });

  it('says it, too, for a client that does not take 404 as an error', async () => {
    const answer = { data: { data: null, metadata: { destroyed: true } } };
    const client = { read: async () => answer };
    const { message } = await refusalOf(new VaultKeyProvider({ client, path: 'secret/data/x' }));
    expect(message).toContain('the latest version is destroyed');
  });

  it.each([
    ['of a KV engine of version 1', 'kv/app-keys', 'KEY_DOCUMENT_INVALID', 'with its data/'],
    ['that holds nothing', 'secret/data/none', 'KEY_PROVIDER_FAILED', '(HTTP 404)'],
  ])('refuses a path %s', async (_, path, code, mend) => {
    store.write(document);
    const error = await refusalOf(store.providerOf(path));
    expect(error).toMatchObject({ code, message: expect.stringContaining(mend) });
  });

  it('fails with the kind of the failure and no token', async () => {
    const provider = store.provider();
    store.trouble = store.refusal;
    const refused = await refusalOf(provider);
    expect(refused.message).toContain('(HTTP 403)');
    await store.stop();
    const down = await refusalOf(provider);
    await store.start();
    expect(down.message).toMatch(/ECONNRE(FUSED|SET)/);
    expect([...store.leaksIn(refused), ...store.leaksIn(down)]).toEqual([]);
  });

  it('closes a request that hangs', async () => {
    store.trouble = 'hang';
    const provider = store.provider({ timeoutMs: 50 });
    const [first] = await Promise.allSettled([provider.load(), loadKeys(provider)]);
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'ECONNABORTED' } });
  });
});
