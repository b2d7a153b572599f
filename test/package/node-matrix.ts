import { join } from 'node:path';
import { InstalledApp, type ApplicationName } from './installed-app.js';
import { run } from './run.js';
import { assertServicesAtWork } from './services-at-work.js';

/** The first and the newest of every line. */
const NODE_VERSIONS = ['20.19.0', '20', '22.12.0', '22', '24'];
const MAINS: readonly (readonly [ApplicationName, ...string[]])[] = [
  ['nest 11, CommonJS', 'express'],
  ['nest 12, ESM', 'express', 'fastify'],
];

/** Runs the installed applications on the Node versions that package.json names; `npm run test:nodes`. */
for (const [name, ...adapters] of MAINS) {
  const app = await InstalledApp.install(name);
  try {
    await app.compile();
    for (const adapter of adapters) {
      for (const version of NODE_VERSIONS) {
        const node = await exerciseOn(app, version, adapter);
        console.log(`ok: ${name}, ${adapter}, Node ${node}`);
      }
    }
  } finally {
    await app.remove();
  }
}

async function exerciseOn(app: InstalledApp, version: string, adapter: string): Promise<string> {
  const audit = join(app.folder, `audit-${adapter}-${version}`);
  const args = ['--yes', '--package', `node@${version}`, '--', 'node', `out/main-${adapter}.js`];
  const output = await run('npx', args, { cwd: app.folder, env: { AUDIT_DIRECTORY: audit } });
  const node = assertServicesAtWork(output, audit);
  if (!`${node}.`.startsWith(`v${version}.`)) {
    throw new Error(`asked for Node ${version} and got ${node}`);
  }
  return node;
}
