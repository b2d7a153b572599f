import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { BootTimes } from './boot-times.js';

/**
 * One boot of an otherwise empty application, on its own in a process: `node boot-child.js with|without`.
 * Prints its {@link BootTimes}. The package is the published one (dist/), found by its own name.
 */
@Module({})
class EmptyModule {}

const OPTIONS = {
  keys: [{ id: '2026-11', secret: `hex:${'0123456789abcdef'.repeat(4)}` }],
  // Next to nothing, so that the first hash shows what loading argon2 costs.
  password: { memoryKiB: 8, timeCost: 1, parallelism: 1 },
};

const started = performance.now();
const loaded = process.argv[2] === 'with' ? await import('nestjs-security') : undefined;
const imported = performance.now();
const imports = loaded ? [loaded.SecurityModule.forRoot(OPTIONS)] : [];
const root: DynamicModule = { module: EmptyModule, imports };
const app = await NestFactory.create(root, { logger: ['error', 'warn'] });
await app.listen(0, '127.0.0.1');
const ready = performance.now();
const { rss } = process.memoryUsage();
const hashes = loaded ? await timeTwoHashes(app.get(loaded.PasswordService)) : {};
await app.close();

const times: BootTimes = {
  ready,
  packageImport: imported - started,
  residentMiB: rss / 2 ** 20,
  ...hashes,
};
console.log(JSON.stringify(times));

async function timeTwoHashes(passwords: { hash(password: string): Promise<string> }) {
  const before = performance.now();
  await passwords.hash('correct horse battery staple');
  const between = performance.now();
  await passwords.hash('correct horse battery staple');
  return { firstHash: between - before, secondHash: performance.now() - between };
}
