import { join } from 'node:path';
import { InstalledApp } from './installed-app.js';
import { assertServicesAtWork } from './services-at-work.js';

const INSTALL_MS = 180_000;

describe('The packed package beside Nest 12, in an ES module application', () => {
  let app: InstalledApp;
  let compiled: Promise<void>;

  beforeAll(async () => {
    app = await InstalledApp.install('nest 12, ESM');
    compiled = app.compile();
    await compiled.catch(() => undefined);
  }, INSTALL_MS);

  afterAll(() => app?.remove());

  it('has types for TypeScript 5.9 as nodenext, strict, our declarations checked too', async () => {
    await expect(compiled).resolves.toBeUndefined();
  });

  it.each(['express', 'fastify'])(
    'does all its work on %s without a warning, and loads argon2 with the first hash only',
    async (adapter) => {
      const audit = join(app.folder, `audit-${adapter}`);
      const output = await app.node(`out/main-${adapter}.js`, [], { AUDIT_DIRECTORY: audit });
      assertServicesAtWork(output, audit);
      expect(output.stderr).toBe('');
    },
  );
});
