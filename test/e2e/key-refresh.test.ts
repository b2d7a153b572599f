import {
  AuditService,
  EncryptionService,
  HmacService,
  Keyring,
  KeyringError,
  type KeyRefreshOptions,
} from 'nestjs-security';
import { AwsSecretsManagerDouble } from '../support/aws-secrets-manager.double.js';
import { badAnswers, TIMEOUT_MS, WEAK, type BadAnswer } from '../support/bad-answers.js';
import { keyDocument, type KeyStore } from '../support/key-store.js';
import { testSecret } from '../support/keys.js';
import { startProvided, type ProvidedServices } from '../support/provided-services.js';
import { VaultDouble } from '../support/vault.double.js';

const twice = { id: 'a', key: testSecret('a, again') };

describe.each([
  ['AWS Secrets Manager', () => new AwsSecretsManagerDouble()],
  ['HashiCorp Vault', () => new VaultDouble()],
] as const)('Keys from %s', (name, create) => {
  let store: KeyStore;
  let running: ProvidedServices | undefined;

  beforeEach(async () => {
    store = create();
    await store.start();
    store.put(keyDocument('a', ['a']));
  });

  afterEach(async () => {
    await running?.module.close();
    running = undefined;
    await store.stop();
  });

  async function start(refresh: KeyRefreshOptions = {}): Promise<ProvidedServices> {
    running = await startProvided(store.provider({ timeoutMs: TIMEOUT_MS, ...refresh }));
    return running;
  }

  function misbehave({ document, trouble }: BadAnswer): void {
    if (document !== undefined) store.put(document);
    store.trouble = trouble?.(store);
  }

  it('serve from the start', async () => {
    store.put(keyDocument('b', ['a', 'b', { id: 'c', state: 'staged' }]));
    const { module } = await start();
    expect(module.get(Keyring).describe()).toBe('primary b; also accepts a; staged c');
    const hmac = module.get(HmacService);
    expect(hmac.verify('data', hmac.sign('data'))).toBe(true);
  });

  it.each(badAnswers)('stop the start after $what, with the mend and no secret', async (bad) => {
    misbehave(bad);
    const refusal: unknown = await start().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(KeyringError);
    expect(refusal).toMatchObject({ code: bad.code });
    const { message } = refusal as KeyringError;
    expect(message).toContain(name);
    expect(message).toContain(bad.mend);
    expect([...store.leaksIn(refusal), ...store.leaksIn(message)]).toEqual([]);
    expect(message).not.toContain(WEAK);
  });

  it.each(badAnswers)('stay as they were after $what, and go on when it is mended', async (bad) => {
    const { module, log, lines, refresh } = await start();
    const ring = module.get(Keyring).describe();
    const signature = module.get(HmacService).sign('data');
    misbehave(bad);
    expect(await refresh()).toBe(false);
    expect(module.get(Keyring).describe()).toBe(ring);
    expect(module.get(HmacService).verify('data', signature)).toBe(true);
    expect(log.recordsOf('key_refresh_failed')).toMatchObject([
      { outcome: 'failure', reason: bad.code, target: { type: 'key-provider', id: name } },
    ]);
    expect(lines.join('\n')).toContain(bad.mend);

    store.trouble = undefined;
    store.put(keyDocument('a', ['a']));
    expect(await refresh()).toBe(true);
    expect(log.recordsOf('key_refresh_recovered')).toHaveLength(1);
    expect(store.leaksIn(lines.join('\n') + JSON.stringify(log.records))).toEqual([]);
  });

  it.each([
    ['an answer that is cut off', `{"SecretString":"${testSecret('b')}","data":{"data":{"b":"`],
    ['the page of a proxy', `<html><body>${testSecret('b')}</body></html>`],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
  ])('stay as they were after %s instead of JSON, which is not shown', async (_, body) => {
    const { module, log, lines, refresh } = await start();
    store.trouble = { status: 200, body };
    expect(await refresh()).toBe(false);
    expect(module.get(Keyring).describe()).toBe('primary a');
    expect(log.recordsOf('key_refresh_failed')).toMatchObject([
      { reason: expect.stringMatching(/^KEY_(PROVIDER_FAILED|DOCUMENT_INVALID)$/) },
    ]);
    expect(lines.join('\n')).toContain(`the last good keys stay in use: ${name}`);
    expect(store.leaksIn(lines.join('\n') + JSON.stringify(log.records))).toEqual([]);
  });

  it('are given up after timeoutMs when the store hangs', async () => {
    const { refresh } = await start();
    store.trouble = 'hang';
    const begun = performance.now();
    expect(await refresh()).toBe(false);
    const took = performance.now() - begun;
    expect(took).toBeGreaterThanOrEqual(TIMEOUT_MS - 5);
    expect(took).toBeLessThan(TIMEOUT_MS + 2_000);
  });

  it('rotate between two refreshes: what the old key signed is still accepted', async () => {
    const { module, log, lines, refresh } = await start();
    const [hmac, encryption] = [module.get(HmacService), module.get(EncryptionService)];
    const [signature, token] = [hmac.sign('data'), encryption.encrypt('text')];
    store.put(keyDocument('b', ['a', 'b']));
    expect(await refresh()).toBe(true);
    expect(module.get(Keyring).describe()).toBe('primary b; also accepts a');
    expect(hmac.sign('data')).not.toBe(signature);
    expect(hmac.verify('data', signature)).toBe(true);
    expect(encryption.decryptToString(token)).toBe('text');
    expect(log.recordsOf('key_added')).toMatchObject([{ target: { id: 'b' }, reason: 'primary' }]);
    expect(log.recordsOf('key_state_changed')).toMatchObject([
      { target: { id: 'a' }, reason: 'accepted' },
    ]);
    expect(lines).toEqual(
      expect.arrayContaining(['key b: added as primary', 'key a: now accepted']),
    );
  });

  it('stay accepted when they vanish, and that is reported once', async () => {
    const { module, log, lines, refresh } = await start();
    const signature = module.get(HmacService).sign('data');
    store.put(keyDocument('b', ['b']));
    expect([await refresh(), await refresh()]).toEqual([true, true]);
    expect(module.get(HmacService).verify('data', signature)).toBe(true);
    expect(log.recordsOf('key_vanished')).toMatchObject([
      { level: 'critical', target: { type: 'key', id: 'a' } },
    ]);
    expect(lines.filter((line) => line.includes('list it as revoked'))).toHaveLength(1);

    store.put(keyDocument('b', ['b', 'a']));
    expect(await refresh()).toBe(true);
    expect(log.recordsOf('key_vanished')).toHaveLength(1);
  });

  it.each([
    ['in use', keyDocument('b', ['b', twice])],
    ['that vanished', keyDocument('b', ['b', { ...twice, state: 'accepted' }])],
  ])('never change under an id %s', async (which, document) => {
    const { module, log, refresh } = await start();
    const signature = module.get(HmacService).sign('data');
    if (which === 'that vanished') {
      store.put(keyDocument('c', ['c']));
      await refresh();
    }
    const ring = module.get(Keyring).describe();
    store.put(document);
    expect(await refresh()).toBe(false);
    expect(module.get(Keyring).describe()).toBe(ring);
    expect(module.get(HmacService).verify('data', signature)).toBe(true);
    expect(log.recordsOf('key_refresh_failed')).toMatchObject([{ reason: 'KEY_ID_REUSED' }]);
  });

  it('are refused as soon as they are revoked, except where revoked keys are asked for', async () => {
    const { module, log, refresh } = await start();
    const [hmac, encryption] = [module.get(HmacService), module.get(EncryptionService)];
    const [signature, token] = [hmac.sign('data'), encryption.encrypt('text')];
    store.put(keyDocument('b', ['b', { id: 'a', state: 'revoked' }]));
    expect(await refresh()).toBe(true);
    expect(hmac.verify('data', signature)).toBe(false);
    expect(() => encryption.decrypt(token)).toThrow('the token is not valid');
    expect(encryption.decryptToString(token, { allowRevokedKey: true })).toBe('text');
    expect(log.recordsOf('key_state_changed')).toMatchObject([
      { target: { id: 'a' }, reason: 'revoked' },
    ]);

    store.put(keyDocument('b', ['b']));
    await refresh();
    expect(hmac.verify('data', signature)).toBe(false);
  });

  it('are used no more after maxStaleSeconds of silence, and again after a good answer', async () => {
    const { module, log, lines, refresh } = await start({ maxStaleSeconds: 0.2 });
    const [hmac, encryption] = [module.get(HmacService), module.get(EncryptionService)];
    const [signature, token] = [hmac.sign('data'), encryption.encrypt('text')];
    store.trouble = store.failure;
    await new Promise((resolve) => setTimeout(resolve, 250));
    await refresh();
    const stale = expect.objectContaining({ code: 'KEY_RING_STALE', status: 503 });
    for (const use of [
      () => hmac.sign('data'),
      () => hmac.verify('data', signature),
      () => encryption.encrypt('text'),
      () => encryption.decrypt(token),
      () => encryption.decrypt(token, { allowRevokedKey: true }),
    ]) {
      expect(use).toThrow(stale);
    }
    expect(log.recordsOf('key_ring_stale')[0]).toMatchObject({ level: 'critical' });
    expect(lines.join('\n')).toContain('silent for more than 0.2 s');
    await module.get(AuditService).record({
      event: 'authn_login_fail',
      actor: { type: 'user', identifier: { type: 'email', value: 'jane@example.org' } },
    });
    expect(log.recordsOf('authn_login_fail')).toHaveLength(1);
    expect(JSON.stringify(log.records)).not.toContain('jane@example.org');

    store.trouble = undefined;
    expect(await refresh()).toBe(true);
    expect(hmac.verify('data', signature)).toBe(true);
    expect(encryption.decryptToString(token)).toBe('text');
  });

  it('are asked for by the clock, until the application ends', async () => {
    const { module } = await start({ refreshSeconds: 0.05 });
    store.put(keyDocument('b', ['a', 'b']));
    await until(() => module.get(Keyring).describe().startsWith('primary b'));
    await module.close();
    const asked = store.received.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(store.received.length).toBe(asked);
  });
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 10));
}
