import { scryptSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { format } from 'prettier';
import { KeyDerivationService } from '../lib/key-derivation/key-derivation.service.js';
import { summaryOf, type Summary } from './statistics.js';

const RESULT = 'bench/results/kdf.md';
const WARM_UPS = 2;
const ROUNDS = 20;
const RESOLUTION_MS = 1;
const PASSPHRASE = 'correct horse battery staple';
const SALT = Buffer.from('somesaltsomesalt');

/** One thing that is measured: how long each run took, and the longest that the loop stood still. */
interface Series {
  readonly name: string;
  readonly run: () => Promise<unknown>;
  readonly times: number[];
  readonly delays: number[];
}

const keyDerivation = new KeyDerivationService();
const ikm = Buffer.alloc(32, 1);

const all: readonly Series[] = [
  series('`scrypt` N=2^17, r=8, p=1', () => keyDerivation.derive(PASSPHRASE, { salt: SALT })),
  series('`scrypt` N=2^14, r=8, p=1 (not a default)', () =>
    keyDerivation.derive(PASSPHRASE, { salt: SALT, params: { N: 2 ** 14 } }),
  ),
  series('`pbkdf2-sha256`, 600,000 iterations', () =>
    keyDerivation.derive(PASSPHRASE, { algorithm: 'pbkdf2-sha256', salt: SALT }),
  ),
  series('`pbkdf2-sha512`, 210,000 iterations', () =>
    keyDerivation.derive(PASSPHRASE, { algorithm: 'pbkdf2-sha512', salt: SALT }),
  ),
  series('`argon2id` 64 MiB, 3 passes, 4 lanes', () =>
    keyDerivation.derive(PASSPHRASE, { algorithm: 'argon2id', salt: SALT }),
  ),
  series('`hkdf` SHA-256, 32 bytes', () => keyDerivation.hkdf(ikm, { info: 'bench' })),
  series('nothing, for 300 ms', () => new Promise((resolve) => setTimeout(resolve, 300))),
  series('`crypto.scryptSync` N=2^17, which blocks', async () =>
    scryptSync(PASSPHRASE, SALT, 32, { N: 2 ** 17, maxmem: 2 ** 28 }),
  ),
];

function series(name: string, run: () => Promise<unknown>): Series {
  return { name, run, times: [], delays: [] };
}

async function measureOnce({ run, times, delays }: Series): Promise<void> {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  await turn();
  const start = performance.now();
  await run();
  times.push(performance.now() - start);
  // The delay of the turn in which it ended is noted in the next.
  await turn();
  histogram.disable();
  delays.push(Math.max(0, histogram.max / 1e6 - RESOLUTION_MS));
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5 * RESOLUTION_MS));
}

async function measure(): Promise<void> {
  for (let round = -WARM_UPS; round < ROUNDS; round += 1) {
    for (const each of all) {
      await measureOnce(each);
      if (round < 0) each.times.length = each.delays.length = 0;
    }
  }
}

function table(): string {
  const head = ['what is run', 'min', 'median', 'loop delay: min', 'median'];
  const rows = all.map(({ name, times, delays }) => [
    name,
    ...figures(summaryOf(times)),
    ...figures(summaryOf(delays)),
  ]);
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function figures({ min, median }: Summary): string[] {
  return [min, median].map((value) => `${value.toFixed(value < 10 ? 2 : 0)} ms`);
}

function versionOf(name: string): string {
  const path = name === '.' ? 'package.json' : `node_modules/${name}/package.json`;
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

function page(): string {
  const processors = cpus();
  return `# Cost of key derivation

Date: ${new Date().toISOString().slice(0, 10)}. nestjs-security ${versionOf('.')}, argon2 ${versionOf('argon2')}, Node ${process.version} with OpenSSL ${process.versions.openssl}, ${process.platform} ${process.arch}, ${processors.length} cores (${processors[0]?.model ?? 'unknown'}).

Time of one derivation, and the longest that the event loop stood still meanwhile:

${table()}

Method: \`npm run bench:kdf\`. All rows are run in turn, one derivation at a time, ${ROUNDS} rounds after ${WARM_UPS} rounds of warm-up. Times are those from the call to the awaited answer. The delay of the loop is the greatest that \`perf_hooks.monitorEventLoopDelay\` with a resolution of ${RESOLUTION_MS} ms notes between 5 ms before the call and 5 ms after the answer, less that resolution; the columns sum up those greatest delays over the rounds. The last two rows show what a loop with nothing to do and a blocked one look like. Argon2id computes its four lanes in threads of its own, so that on two cores the loop waits for a turn.
`;
}

await measure();
const text = await format(page(), { parser: 'markdown' });
writeFileSync(RESULT, text);
console.log(text);
