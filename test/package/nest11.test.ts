import { join } from 'node:path';
import { InstalledApp } from './installed-app.js';
import { assertServicesAtWork } from './services-at-work.js';

const INSTALL_MS = 180_000;

describe('The packed package beside Nest 11, in a CommonJS application', () => {
  let app: InstalledApp;
  let compiled: Promise<void>;

  beforeAll(async () => {
    app = await InstalledApp.install('nest 11, CommonJS');
    compiled = app.compile();
    await compiled.catch(() => undefined);
  }, INSTALL_MS);

  afterAll(() => app?.remove());

  it('has types for TypeScript 5.9 as commonjs with classic resolution, our declarations checked too', async () => {
    await expect(compiled).resolves.toBeUndefined();
  });

  it('does all its work on express without a warning, and loads argon2 with the first hash only', async () => {
    const audit = join(app.folder, 'audit');
    const output = await app.node('out/main-express.js', [], { AUDIT_DIRECTORY: audit });
    assertServicesAtWork(output, audit);
    expect(output.stderr).toBe('');
  });

  it.each([
    ['ts-jest', 'jest.config.js'],
    ['SWC', 'jest.swc.config.js'],
  ])("works in the application's own CommonJS Jest with %s", async (_, config) => {
    const { stderr } = await app.node('node_modules/jest/bin/jest.js', ['--config', config]);
    expect(stderr).toMatch(/^Tests: +2 passed, 2 total$/m);
  });
});
