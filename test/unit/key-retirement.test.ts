import {
  AuditService,
  EncryptionService,
  Keyring,
  KeyringError,
  RotationService,
  type KeyEntry,
} from 'nestjs-security';
import type { TestingAuditLog } from 'nestjs-security/testing';
import { createSecretKey } from 'node:crypto';
import { testKey, testSecret } from '../support/keys.js';
import { MemoryRows } from '../support/memory-rows.js';
import { settle, startServices } from '../support/services.js';

const KEYS: KeyEntry[] = [testKey('new'), testKey('old'), testKey('older')];
const none = async (): Promise<number> => 0;

let keyring: Keyring;
let rotation: RotationService;
let encryption: EncryptionService;
let old: EncryptionService;
let log: TestingAuditLog;

beforeEach(async () => {
  const started = await startServices({ keys: KEYS });
  keyring = started.module.get(Keyring);
  rotation = started.module.get(RotationService);
  encryption = started.module.get(EncryptionService);
  started.module.get(AuditService);
  ({ log } = started);
  old = (await startServices({ keys: [testKey('old')] })).module.get(EncryptionService);
});

/** The code and the message with which a promise rejects. */
async function refusalOf(promise: Promise<void>): Promise<string> {
  const error: unknown = await promise.then(
    () => 'accepted',
    (refusal: unknown) => refusal,
  );
  return error instanceof KeyringError ? `${error.code}: ${error.message}` : String(error);
}

/** Answers for the features that cannot count. */
function answerForTheOthers(): void {
  for (const name of ['hmac', 'audit']) keyring.consumers.register({ name, countUses: none });
}

describe('assertRetirable', () => {
  it('resolves when no source and nobody else needs the key', async () => {
    answerForTheOthers();
    const table = new MemoryRows([encryption.seal('a'), encryption.encrypt('b'), null]);
    await expect(rotation.assertRetirable('old', [table.source()])).resolves.toBeUndefined();
  });

  it.each([
    ['in the stored form', () => old.seal('a')],
    ['as a bare token', () => old.encrypt('a')],
  ])('names the source that holds a value under the key, %s', async (_, value) => {
    answerForTheOthers();
    const sources = [
      new MemoryRows([]).source({ name: 'orders' }),
      new MemoryRows([value(), value()]).source({ name: 'users' }),
    ];
    expect(await refusalOf(rotation.assertRetirable('old', sources))).toMatch(
      /^KEY_IN_USE: .*users has 2 uses/,
    );
  });

  it('is stopped by values that no key opens: they may be under the key', async () => {
    answerForTheOthers();
    const source = new MemoryRows(['damaged', encryption.seal('a')]).source();
    expect(await refusalOf(rotation.assertRetirable('old', [source]))).toMatch(
      /^KEY_USAGE_UNKNOWN: .*memory cannot tell/,
    );
  });

  it('is stopped by every feature that cannot count', async () => {
    const refusal = await refusalOf(rotation.assertRetirable('old', [new MemoryRows([]).source()]));
    expect(refusal).toMatch(/^KEY_USAGE_UNKNOWN: .*audit cannot tell; hmac cannot tell/);
  });

  it('is stopped by them still when a source bears their name', async () => {
    const sources = ['hmac', 'audit'].map((name) => new MemoryRows([]).source({ name }));
    expect(await refusalOf(rotation.assertRetirable('old', sources))).toMatch(
      /^KEY_USAGE_UNKNOWN: .*audit cannot tell; hmac cannot tell/,
    );
  });

  it('is stopped when it is given no source', async () => {
    answerForTheOthers();
    expect(await refusalOf(rotation.assertRetirable('old', []))).toMatch(
      /^KEY_USAGE_UNKNOWN: .*encryption cannot tell/,
    );
  });

  it('tells of a use before it tells of what is not known', async () => {
    const source = new MemoryRows([old.seal('a'), 'damaged']).source();
    expect(await refusalOf(rotation.assertRetirable('old', [source]))).toMatch(
      /^KEY_IN_USE: .*memory has 1 uses of it; audit cannot tell/,
    );
  });

  it('never lets the primary key go, nor one that is none', async () => {
    answerForTheOthers();
    const sources = [new MemoryRows([]).source()];
    expect(await refusalOf(rotation.assertRetirable('new', sources))).toMatch(/^KEY_IN_USE/);
    expect(await refusalOf(rotation.assertRetirable('Old', sources))).toMatch(/^KEY_UNKNOWN/);
  });

  it('asks nobody but the sources for a key of encryption.keys', async () => {
    const fernet = (id: string) => ({ id, key: `${testSecret(id)}=` });
    const keys = [fernet('own-new'), fernet('own-old')];
    const own = (await startServices({ keys: KEYS, encryption: { keys } })).module.get(
      RotationService,
    );
    const before = (await startServices({ encryption: { keys: [fernet('own-old')] } })).module;
    const value = before.get(EncryptionService).seal('a');
    const source = new MemoryRows([value]).source();
    expect(await refusalOf(own.assertRetirable('own-old', [source]))).toMatch(/^KEY_IN_USE/);
    expect(await refusalOf(own.assertRetirable('own-new', [source]))).toMatch(/^KEY_IN_USE/);
    await own.run({ source, dryRun: false });
    await own.assertRetirable('own-old', [source]);
  });
});

describe('keyring.remove', () => {
  it('ends a key that nobody needs, and reports it', async () => {
    answerForTheOthers();
    keyring.consumers.register(rotation.consumerOf([new MemoryRows([]).source()]));
    await keyring.remove('old');
    expect(keyring.describe()).toBe('primary new; also accepts older');
    expect(() => encryption.open(old.seal('a'))).toThrow('not valid');
    await settle();
    expect(log.recordsOf('key_removed')).toMatchObject([{ target: { type: 'key', id: 'old' } }]);
  });

  it('leaves everything as it is when it is refused', async () => {
    answerForTheOthers();
    keyring.consumers.register(rotation.consumerOf([new MemoryRows([old.seal('a')]).source()]));
    expect(await refusalOf(keyring.remove('old'))).toMatch(/^KEY_IN_USE: .*encryption has 1 uses/);
    expect(keyring.describe()).toBe('primary new; also accepts old, older');
  });

  it.each([
    ['unknown', async () => 'unknown' as const],
    ['NaN', async () => NaN],
    ['a negative number', async () => -1],
    ['a text', async () => '0' as never],
    ['nothing', async () => undefined as never],
    ['an error', () => Promise.reject(new Error('the password is hunter2'))],
  ])('is stopped by a consumer that answers %s', async (_, countUses) => {
    answerForTheOthers();
    keyring.consumers.register({ name: 'encryption', countUses: none });
    keyring.consumers.register({ name: 'invoices', countUses });
    const refusal = await refusalOf(keyring.remove('old'));
    expect(refusal).toMatch(/^KEY_USAGE_UNKNOWN: .*invoices cannot tell/);
    expect(refusal).not.toContain('hunter2');
  });

  it('does not remove what became the primary key while it asked', async () => {
    const ringKey = (id: string, state: 'primary' | 'accepted') => ({
      id,
      state,
      key: createSecretKey(Buffer.from(testSecret(id))),
    });
    const ring = new Keyring([ringKey('a', 'primary'), ringKey('b', 'accepted')]);
    const countUses = async (): Promise<number> => {
      ring.update([ringKey('b', 'primary'), ringKey('a', 'accepted')]);
      return 0;
    };
    ring.consumers.register({ name: 'slow', countUses });
    expect(await refusalOf(ring.remove('b'))).toMatch(/^KEY_IN_USE/);
    expect(ring.describe()).toBe('primary b; also accepts a');
  });

  it('is not undone by a provider that lists the key still, unless it is to create again', async () => {
    const ringKey = (id: string, state: 'primary' | 'accepted' | 'staged') => ({
      id,
      state,
      key: createSecretKey(Buffer.from(testSecret(id))),
    });
    const ring = new Keyring([ringKey('a', 'primary'), ringKey('b', 'accepted')]);
    await ring.remove('b');
    expect(ring.update([ringKey('a', 'primary'), ringKey('b', 'accepted')])).toEqual([]);
    expect(ring.describe()).toBe('primary a');
    ring.update([ringKey('a', 'primary'), ringKey('b', 'staged')]);
    expect(ring.describe()).toBe('primary a; staged b');
    // Once it may have created again, something may need it.
    ring.update([ringKey('b', 'primary'), ringKey('a', 'accepted')]);
    ring.update([ringKey('a', 'primary'), ringKey('b', 'accepted')]);
    expect(ring.describe()).toBe('primary a; also accepts b');
  });
});

describe('a finished rotation', () => {
  it.each([
    ['done', 'success', () => new MemoryRows([old.seal('a')])],
    ['rows-failed', 'failure', () => new MemoryRows(['damaged'])],
  ])('is reported as %s', async (reason, outcome, table) => {
    await rotation.run({ source: table().source() });
    await rotation.run({ source: table().source(), dryRun: false });
    await settle();
    expect(log.recordsOf('key_rotation_ended')).toMatchObject([
      { outcome, reason, target: { type: 'rotation-source', id: 'memory' } },
    ]);
  });
});
