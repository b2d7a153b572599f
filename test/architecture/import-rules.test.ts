import { join, resolve } from 'node:path';
import { cruise, type Cruise } from './cruise.js';
import { sourceFacts } from './source-facts.js';

const FIXTURES = resolve('test/architecture/fixtures');

describe('The floors of the house', () => {
  it('let nobody in lib import from above, sideways or in a circle', async () => {
    const { modules, summary } = await cruise('.');
    expect(modules.length).toBeGreaterThan(50);
    expect(
      summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`),
    ).toEqual([]);
  });

  it('are seen whole: dependency-cruiser misses no import of lib, types included', async () => {
    expect(importsMissedBy(await cruise('.'), '.')).toEqual([]);
  });
});

describe('The rules about imports', () => {
  it('find every fault of a house that breaks them all, and nothing else', async () => {
    const { summary } = await cruise(FIXTURES);
    const found = summary.violations.map(
      ({ from, rule }) => `${from.slice('lib/'.length)}: ${rule.name}`,
    );
    expect(found.toSorted()).toEqual([
      'api-key/imports-an-adapter.ts: features-know-no-other-feature',
      'audit/imports-a-feature.ts: audit-knows-no-feature',
      'cli/imports-the-index.ts: nobody-imports-what-users-import',
      'common/reads-a-file.ts: common-does-no-input-or-output',
      'context/imports-a-feature.ts: shared-rooms-know-no-feature',
      'cycle/one.ts: no-cycles',
      'errors/imports-nest.ts: ground-floor-knows-no-framework',
      'hmac/imports-audit.ts: features-know-no-other-feature',
      'keyring/imports-a-feature.ts: ground-floor-imports-nothing-above',
      'nats/imports-an-adapter.ts: adapters-know-only-contracts',
      'password/imports-a-service.ts: encryption-and-password-know-only-the-pure-functions-of-key-derivation',
      'postgres/imports-a-service.ts: adapters-know-only-contracts',
      'secrets/imports-a-feature.ts: features-know-no-other-feature',
      'secrets/imports-a-test-tool.ts: the-package-declares-what-it-imports',
      'secrets/imports-nothing-there.ts: no-unresolved-import',
      'security.config.ts: nobody-imports-what-users-import',
      'security.options.ts: only-the-top-imports-the-module',
      'webhook/imports-a-service.ts: webhook-knows-only-the-pure-functions-of-hmac',
    ]);
  });

  it('are not told of an import inside a type, which the comparison with the source brings up', async () => {
    expect(importsMissedBy(await cruise(FIXTURES), FIXTURES)).toEqual([
      'lib/source/type-at-a-distance.ts: ../common/clock.js',
    ]);
  });
});

function importsMissedBy({ modules }: Cruise, folder: string): string[] {
  return modules
    .filter(({ source }) => source.startsWith('lib/'))
    .flatMap(({ source, dependencies }) => {
      const seen = new Set(dependencies.map(({ module }) => module));
      return sourceFacts(join(folder, source))
        .imports.filter((name) => !seen.has(name.replace(/^node:/, '')))
        .map((name) => `${source}: ${name}`);
    });
}
