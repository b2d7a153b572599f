import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestingModule } from '@nestjs/testing';
import {
  DirectoryKeyRingStore,
  EncryptionService,
  HmacService,
  Keyring,
  KeyringRefresh,
  KeyRingStore,
  ManagedKeyring,
  type ManagedKeysOptions,
  type RootKeyWrapper,
  type StoredKeyRing,
} from 'nestjs-security';
import { TestingAuditLog } from 'nestjs-security/testing';
import { testKey, testSecret } from '../support/keys.js';
import { settle, startServices } from '../support/services.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 23);

/** A store in memory that can fail, be set back and count. */
class TestStore extends KeyRingStore {
  rings: StoredKeyRing[] = [];
  isDown = false;

  override async read(): Promise<StoredKeyRing | undefined> {
    if (this.isDown) throw Object.assign(new Error('down'), { code: 'ECONNREFUSED' });
    await settle();
    return this.rings.at(-1);
  }

  override async write(ring: StoredKeyRing): Promise<boolean> {
    if (this.isDown) throw Object.assign(new Error('down'), { code: 'ECONNREFUSED' });
    if ((this.rings.at(-1)?.generation ?? 0) !== ring.generation - 1) return false;
    this.rings.push(ring);
    return true;
  }
}

/** A store that can be read and not written. */
class FullStore extends TestStore {
  override async write(): Promise<boolean> {
    throw Object.assign(new Error('full'), { code: 'ENOSPC' });
  }
}

/** A node of an application, with a clock of its own. */
class Node {
  now: number;
  module!: TestingModule;

  constructor(now = START) {
    this.now = now;
  }

  async start(managed: Partial<ManagedKeysOptions> & { store: KeyRingStore }): Promise<this> {
    const settings = { rootKey: testSecret('root'), create: true, ...managed };
    const { module } = await startServices({ keys: { managed: settings }, clock: () => this.now });
    this.module = module;
    return this;
  }

  refresh(): Promise<boolean> {
    return this.module.get(KeyringRefresh).refresh();
  }

  get ring(): string {
    return this.module.get(Keyring).describe();
  }

  get primary(): string {
    return this.module.get(Keyring).keysFor('hmac-sign')[0].id;
  }

  sign(): string {
    return this.module.get(HmacService).sign('data');
  }

  accepts(signature: string): boolean {
    return this.module.get(HmacService).verify('data', signature);
  }

  async events(): Promise<unknown[]> {
    await settle();
    return this.module.get(TestingAuditLog).records.map(({ event, reason }) => [event, reason]);
  }
}

const nodes: Node[] = [];
async function start(
  managed: Partial<ManagedKeysOptions> & { store: KeyRingStore },
  now?: number,
): Promise<Node> {
  const node = await new Node(now).start(managed);
  nodes.push(node);
  return node;
}
afterEach(async () => {
  await Promise.all(nodes.splice(0).map(({ module }) => module.close()));
});

describe('a managed ring', () => {
  it('begins with one key, and only when it was told to', async () => {
    const store = new TestStore();
    await expect(start({ store, create: false })).rejects.toMatchObject({
      code: 'KEY_RING_MISSING',
    });
    expect(store.rings).toEqual([]);
    const node = await start({ store });
    expect(node.ring).toMatch(/^primary 2026-11-23-[0-9a-f]{8}$/);
    expect(await node.events()).toEqual([['key_added', 'created']]);
    expect((await start({ store, create: false })).ring).toBe(node.ring);
  });

  it('stages the next key two days before its turn, and then lets it create', async () => {
    const store = new TestStore();
    const node = await start({ store });
    const [first, signature] = [node.primary, node.sign()];
    node.now = START + 87 * DAY;
    await node.refresh();
    expect(node.ring).toBe(`primary ${first}`);
    node.now = START + 88 * DAY;
    await node.refresh();
    expect(node.ring).toMatch(new RegExp(`^primary ${first}; staged 2027-02-21-[0-9a-f]{8}$`));
    node.now = START + 90 * DAY;
    await node.refresh();
    expect(node.ring).toMatch(
      new RegExp(`^primary 2027-02-21-[0-9a-f]{8}; also accepts ${first}$`),
    );
    expect(node.accepts(signature)).toBe(true);
    expect(await node.events()).toEqual(
      expect.arrayContaining([
        ['key_added', 'staged'],
        ['key_state_changed', 'primary'],
        ['key_state_changed', 'accepted'],
      ]),
    );
  });

  it('is sealed under another nonce each time', async () => {
    const store = new TestStore();
    const node = await start({ store });
    for (let turn = 1; turn <= 3; turn += 1) {
      node.now += 90 * DAY;
      await node.refresh();
    }
    const nonces = store.rings.map(({ sealed }) => sealed.split('.').at(-1)?.slice(0, 16));
    expect(nonces.length).toBeGreaterThan(2);
    expect(new Set(nonces).size).toBe(nonces.length);
  });

  it('never deletes a key, for ten years', async () => {
    const store = new TestStore();
    const node = await start({ store });
    const signatures = [node.sign()];
    for (let quarter = 1; quarter <= 40; quarter += 1) {
      node.now += 45 * DAY;
      await node.refresh();
      node.now += 45 * DAY;
      await node.refresh();
      signatures.push(node.sign());
    }
    expect(new Set(signatures).size).toBeGreaterThan(20);
    expect(signatures.every((signature) => node.accepts(signature))).toBe(true);
  });

  it('adds a key at once that has still to be seen by all nodes, when everything was asleep for a year', async () => {
    const store = new TestStore();
    const node = await start({ store });
    const first = node.primary;
    node.now += 365 * DAY;
    await node.refresh();
    expect(node.ring).toMatch(new RegExp(`^primary ${first}; staged 2027-11-25-`));
  });

  it('is the same on all nodes that race at the turn', async () => {
    const store = new DirectoryKeyRingStore(join(mkdtempSync(join(tmpdir(), 'ring-')), 'ring'));
    const racers = await Promise.all(Array.from({ length: 5 }, () => start({ store })));
    expect(new Set(racers.map(({ ring }) => ring)).size).toBe(1);
    for (const node of racers) node.now = START + 88 * DAY;
    expect(await Promise.all(racers.map((node) => node.refresh()))).not.toContain(false);
    await Promise.all(racers.map((node) => node.refresh()));
    expect(new Set(racers.map(({ ring }) => ring)).size).toBe(1);
    expect(racers[0]?.ring).toContain('staged 2027-02-21');
  });

  it('works between nodes whose clocks are an hour apart, all through a turn', async () => {
    const store = new TestStore();
    const behind = await start({ store }, START - HOUR);
    const right = await start({ store }, START);
    const ahead = await start({ store }, START + HOUR);
    const all = [behind, right, ahead];
    for (let hour = 0; hour < 95 * 24; hour += 1) {
      for (const node of all) node.now += HOUR;
      if (hour % 24 < 20 && hour < 86 * 24) continue;
      for (const node of all) await node.refresh();
      for (const maker of all) {
        const signature = maker.sign();
        expect(all.map((node) => node.accepts(signature))).toEqual([true, true, true]);
      }
    }
    expect(store.rings).toHaveLength(2);
  });

  it('starts on a node whose clock is behind the one that made the ring', async () => {
    const store = new TestStore();
    const first = await start({ store });
    const behind = await start({ store }, START - HOUR);
    expect(behind.accepts(first.sign())).toBe(true);
    expect(first.accepts(behind.sign())).toBe(true);
  });
});

describe('what nobody could read again is not stored', () => {
  it('dates of a clock that gives fractions', async () => {
    const store = new TestStore();
    const node = await start({ store }, START + 0.5);
    expect((await start({ store })).ring).toBe(node.ring);
  });

  it.each([START * 1000, Number.NaN, -1])('dates of a clock that gives %p', async (now) => {
    const store = new TestStore();
    await expect(start({ store }, now)).rejects.toThrow('the clock must give milliseconds');
    expect(store.rings).toEqual([]);
  });

  it('under a wrapper that does not unwrap what it wrapped', async () => {
    const store = new TestStore();
    const rootKey = { ...wrapper(), wrap: async () => new Uint8Array(0) };
    await expect(start({ store, rootKey })).rejects.toMatchObject({ code: 'KEY_RING_UNREADABLE' });
    expect(store.rings).toEqual([]);
  });

  it.each(['1', Number.NaN, 1.5, undefined])('after the generation %p', async (generation) => {
    const store = new TestStore();
    await start({ store });
    const read = store.read.bind(store);
    store.read = async () => ({ ...(await read()), generation }) as StoredKeyRing;
    await expect(start({ store }, START + 89 * DAY)).rejects.toThrow('generation');
    expect(store.rings).toHaveLength(1);
  });
});

describe('a revoked key', () => {
  it('is refused here at once and elsewhere after a refresh, and does not come back', async () => {
    const store = new TestStore();
    const [here, elsewhere] = [await start({ store }), await start({ store })];
    const leaked = here.primary;
    const signature = here.sign();
    const token = here.module.get(EncryptionService).encrypt('data');
    await here.module.get(ManagedKeyring).revoke(leaked);
    expect(here.primary).not.toBe(leaked);
    expect(here.accepts(signature)).toBe(false);
    expect(elsewhere.accepts(signature)).toBe(true);
    await elsewhere.refresh();
    expect(elsewhere.accepts(signature)).toBe(false);
    expect(elsewhere.primary).toBe(here.primary);
    const encryption = elsewhere.module.get(EncryptionService);
    expect(() => encryption.decrypt(token)).toThrow('not valid');
    expect(encryption.decrypt(token, { allowRevokedKey: true }).toString()).toBe('data');
    expect(await here.events()).toContainEqual(['key_state_changed', 'revoked']);
    here.now += 400 * DAY;
    await here.refresh();
    expect(here.ring).toContain(`revoked ${leaked}`);
  });

  it('gives its place to an older key that all nodes know, with a new one staged', async () => {
    const store = new TestStore();
    const node = await start({ store });
    const first = node.primary;
    for (const days of [88, 91]) {
      node.now = START + days * DAY;
      await node.refresh();
    }
    const second = node.primary;
    await node.module.get(ManagedKeyring).revoke(second);
    expect(node.ring).toMatch(new RegExp(`^primary ${first}; staged [^;]+; revoked ${second}$`));
  });

  it('is not said to be refused here while this node could not read that', async () => {
    const store = new TestStore();
    const node = await start({ store });
    const [leaked, signature] = [node.primary, node.sign()];
    const write = store.write.bind(store);
    store.write = async (ring) => {
      const isStored = await write(ring);
      store.isDown = true;
      return isStored;
    };
    const revoked = node.module.get(ManagedKeyring).revoke(leaked);
    await expect(revoked).rejects.toMatchObject({ code: 'KEY_PROVIDER_FAILED', status: 503 });
    expect(node.accepts(signature)).toBe(true);
    store.isDown = false;
    await node.refresh();
    expect(node.accepts(signature)).toBe(false);
  });

  it('must be in the ring, and the ring a managed one', async () => {
    const node = await start({ store: new TestStore() });
    await expect(node.module.get(ManagedKeyring).revoke('nobody')).rejects.toMatchObject({
      code: 'KEY_UNKNOWN',
    });
    const { module } = await startServices({ keys: [testKey('a')] });
    await expect(module.get(ManagedKeyring).revoke('a')).rejects.toMatchObject({
      code: 'KEY_RING_NOT_MANAGED',
    });
  });
});

describe('when the store is down', () => {
  const localCopy = (): string => join(mkdtempSync(join(tmpdir(), 'ring-')), 'copy');

  it('at the turn, the last good ring stays and that is reported', async () => {
    const store = new TestStore();
    const node = await start({ store });
    const before = node.ring;
    store.isDown = true;
    node.now = START + 90 * DAY;
    expect(await node.refresh()).toBe(false);
    expect(node.ring).toBe(before);
    store.isDown = false;
    expect(await node.refresh()).toBe(true);
    expect(await node.events()).toEqual(
      expect.arrayContaining([
        ['key_refresh_failed', 'KEY_PROVIDER_FAILED'],
        ['key_refresh_recovered', undefined],
      ]),
    );
  });

  it('at the start, the local copy serves, sealed as it is', async () => {
    const [store, path] = [new TestStore(), localCopy()];
    const first = await start({ store, localCopy: path });
    expect(readFileSync(path, 'ascii')).toBe(`1\n${store.rings[0]?.sealed}\n`);
    store.isDown = true;
    const second = await start({ store, localCopy: path }, START + 89 * DAY);
    expect(second.ring).toBe(first.ring);
    store.isDown = false;
    await second.refresh();
    expect(second.ring).toContain('staged');
  });

  it('at the start and hangs, the local copy serves as well', async () => {
    const [store, path] = [new TestStore(), localCopy()];
    const first = await start({ store, localCopy: path });
    store.read = () => new Promise(() => {});
    expect((await start({ store, localCopy: path, timeoutMs: 400 })).ring).toBe(first.ring);
  });

  it('for writing only, what it gives is used: a key that is due waits', async () => {
    const store = new TestStore();
    const node = await start({ store });
    const before = node.ring;
    store.write = () => new FullStore().write();
    node.now = START + 89 * DAY;
    expect(await node.refresh()).toBe(true);
    expect(node.ring).toBe(before);
    expect((await start({ store }, START + 89 * DAY)).ring).toBe(before);
    await expect(start({ store: new FullStore() })).rejects.toThrow('ENOSPC');
  });

  it.each([
    ['was made up', '999999\nr1.AAAAAAAA.AAAA\n'],
    ['is damaged', 'garbage'],
  ])('a copy that %s is not believed', async (_, text) => {
    const [store, path] = [new TestStore(), localCopy()];
    const first = await start({ store });
    writeFileSync(path, text);
    expect((await start({ store, localCopy: path })).ring).toBe(first.ring);
    expect(readFileSync(path, 'ascii')).toMatch(/^1\n/);
  });

  it('at the start, without a copy, the application does not start', async () => {
    const store = new TestStore();
    store.isDown = true;
    await expect(start({ store, localCopy: localCopy() })).rejects.toThrow(
      /the managed key ring gave no keys \(Error, ECONNREFUSED\)/,
    );
  });
});

describe('a managed ring is refused', () => {
  it('when it is older than one that was seen', async () => {
    const store = new TestStore();
    const node = await start({ store });
    node.now = START + 89 * DAY;
    await node.refresh();
    const ring = node.ring;
    store.rings.pop();
    expect(await node.refresh()).toBe(false);
    store.rings = [];
    expect(await node.refresh()).toBe(false);
    expect(node.ring).toBe(ring);
    expect(await node.events()).toContainEqual(['key_refresh_failed', 'KEY_RING_ROLLED_BACK']);
  });

  it('when it is older than the local copy, even at the start', async () => {
    const [store, path] = [new TestStore(), join(mkdtempSync(join(tmpdir(), 'ring-')), 'copy')];
    const node = await start({ store, localCopy: path });
    node.now = START + 89 * DAY;
    await node.refresh();
    store.rings.pop();
    await expect(start({ store, localCopy: path })).rejects.toMatchObject({
      code: 'KEY_RING_ROLLED_BACK',
    });
    store.rings = [];
    await expect(start({ store, localCopy: path })).rejects.toMatchObject({
      code: 'KEY_RING_ROLLED_BACK',
    });
  });

  it('when any character of it was changed, or it is passed off as another generation', async () => {
    const store = new TestStore();
    await start({ store });
    const [{ sealed } = { sealed: '' }] = store.rings;
    for (let at = 0; at < sealed.length; at += 9) {
      const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1);
      store.rings = [{ generation: 1, sealed: changed }];
      await expect(start({ store })).rejects.toMatchObject({ code: 'KEY_RING_UNREADABLE' });
    }
    store.rings = [{ generation: 2, sealed }];
    await expect(start({ store })).rejects.toMatchObject({ code: 'KEY_RING_UNREADABLE' });
  });

  it('under another root key, in words that name the mend and no key', async () => {
    const store = new TestStore();
    await start({ store });
    await expect(start({ store, rootKey: testSecret('other') })).rejects.toThrow(
      'Add the root key under which it was sealed to the end of rootKey',
    );
  });
});

describe('the root key', () => {
  it('rotates: the first seals, the others open', async () => {
    const store = new TestStore();
    const old = await start({ store });
    const both = await start(
      { store, rootKey: [testSecret('new root'), testSecret('root')] },
      START + 89 * DAY,
    );
    expect(both.ring).toContain(old.primary);
    const fresh = await start({ store, rootKey: testSecret('new root') }, START + 89 * DAY);
    expect(fresh.ring).toBe(both.ring);
  });

  it('may stay in a key management service', async () => {
    const store = new TestStore();
    const [kms, other] = [wrapper(), wrapper()];
    const node = await start({ store, rootKey: kms });
    expect((await start({ store, rootKey: [other, kms] })).ring).toBe(node.ring);
    await expect(start({ store, rootKey: other })).rejects.toMatchObject({
      code: 'KEY_RING_UNREADABLE',
    });
  });

  it('leaves no key readable in the store', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'ring-')), 'ring');
    await start({ store: new DirectoryKeyRingStore(folder) });
    const [file = ''] = readdirSync(folder);
    expect(readFileSync(join(folder, file), 'utf8')).toMatch(/^r1\.[\w-]{8}\.[\w-]+$/);
  });
});

describe('options of a managed ring are refused', () => {
  const store = new TestStore();
  it.each<[string, string, object]>([
    [
      'without a store',
      'keys.managed.store must be a KeyRingStore',
      { rootKey: testSecret('root') },
    ],
    ['without a root key', 'keys.managed.rootKey[0] is undefined', { store }],
    [
      'with a weak root key',
      'keys.managed.rootKey[0] is not random',
      { store, rootKey: '00'.repeat(32) },
    ],
    [
      'with no root key in the list',
      'keys.managed.rootKey must be a text of 32 bytes',
      { store, rootKey: [] },
    ],
    [
      'with a misspelt name',
      'keys.managed has no option "lifetimeDay". Did you mean "lifetimeDays"?',
      { store, rootKey: testSecret('root'), lifetimeDay: 9 },
    ],
    [
      'with a lifetime shorter than its propagation',
      'keys.managed needs a lifetimeDays above propagationDays',
      { store, rootKey: testSecret('root'), lifetimeDays: 2 },
    ],
    [
      'with a lifetime of 0',
      'keys.managed.lifetimeDays must be a whole number of days',
      { store, rootKey: testSecret('root'), lifetimeDays: 0 },
    ],
  ])('%s', async (_, message, managed) => {
    await expect(
      startServices({ keys: { managed: managed as ManagedKeysOptions } }),
    ).rejects.toThrow(message);
  });
});

/** What a key management service does, with a key that stays inside it. */
function wrapper(): RootKeyWrapper {
  const inside = randomBytes(32);
  return {
    async wrap(key) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', inside, nonce);
      return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
    },
    async unwrap(wrapped) {
      const bytes = Buffer.from(wrapped);
      const decipher = createDecipheriv('aes-256-gcm', inside, bytes.subarray(0, 12)).setAuthTag(
        bytes.subarray(-16),
      );
      return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
    },
  };
}
