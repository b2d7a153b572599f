import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DirectoryKeyRingStore } from 'nestjs-security';
import { keyRingStoreContract } from 'nestjs-security/testing';

class TestStore extends DirectoryKeyRingStore {
  constructor(readonly folder = join(mkdtempSync(join(tmpdir(), 'ring-')), 'ring')) {
    super(folder);
  }
}

keyRingStoreContract(
  { describe, it },
  () => new TestStore(),
  ({ folder }) => new TestStore(folder),
);

describe('DirectoryKeyRingStore', () => {
  it('lets one of several processes store each generation', async () => {
    const { folder } = new TestStore();
    const script = join(mkdtempSync(join(tmpdir(), 'ring-')), 'node.mjs');
    const module = JSON.stringify(resolve('build/lib/key-provider/directory.key-ring-store.js'));
    writeFileSync(
      script,
      `import { DirectoryKeyRingStore } from ${module};
       const store = new DirectoryKeyRingStore(process.argv[2]);
       let stored = 0;
       for (let generation = 1; generation <= 30; generation += 1) {
         stored += await store.write({ generation, sealed: String(process.pid) });
         while (((await store.read())?.generation ?? 0) < generation);
       }
       process.send(stored);
       process.disconnect();`,
    );
    const nodes = Array.from({ length: 4 }, () => fork(script, [folder], { execArgv: [] }));
    const stored = await Promise.all(
      nodes.map(async (node) => {
        const [result] = (await Promise.race([once(node, 'message'), once(node, 'exit')])) as [
          unknown,
        ];
        return Number(result);
      }),
    );
    expect(stored.reduce((sum, each) => sum + each)).toBe(30);
  });

  it('reads the newest ring, when the one it was about to read is outdated and gone', async () => {
    const [store, other] = [new TestStore(), new TestStore()];
    await store.write({ generation: 1, sealed: 'first' });
    const ahead = new TestStore(store.folder);
    const reading = Promise.all(Array.from({ length: 200 }, () => store.read()));
    for (let generation = 2; generation <= 40; generation += 1)
      await ahead.write({ generation, sealed: 'x' });
    expect((await reading).every((ring) => ring !== undefined)).toBe(true);
    expect(await other.read()).toBeUndefined();
  });

  it('is an error, not a search without end, when the newest ring is a link to nothing', async () => {
    const store = new TestStore();
    await store.write({ generation: 1, sealed: 'first' });
    symlinkSync('gone', join(store.folder, 'ring-0000000002.sealed'));
    await expect(store.read()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('keeps private files, and the last ten generations only', async () => {
    const store = new TestStore();
    for (let generation = 1; generation <= 15; generation += 1)
      await store.write({ generation, sealed: 'x' });
    const files = readdirSync(store.folder).toSorted();
    expect(files).toHaveLength(10);
    expect(files.at(-1)).toBe('ring-0000000015.sealed');
    expect(statSync(store.folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(store.folder, files[0] ?? '')).mode & 0o777).toBe(0o600);
  });
});
