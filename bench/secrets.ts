import { createHmac, randomBytes, timingSafeEqual as equalBytes } from 'node:crypto';
import { secretMatcher, SecretsService, timingSafeEqual } from 'nestjs-security';
import { circumstances, publish, table } from './report.js';
import { summaryOf, type Summary } from './statistics.js';

const WARM_UPS = 40;
const ROUNDS = 300;
const CALLS = 2000;

type Contenders = Readonly<Record<string, () => unknown>>;

const secrets = new SecretsService();

/** The last is the first again: how far the two are apart is what noise alone does. */
const TOKENS: Contenders = {
  'crypto.randomBytes(32)': () => randomBytes(32),
  "crypto.randomBytes(32).toString('base64url')": () => randomBytes(32).toString('base64url'),
  'tokenUrlsafe(32)': () => secrets.tokenUrlsafe(32),
  'tokenHex(32)': () => secrets.tokenHex(32),
  'token({ bits: 256 })': () => secrets.token(),
  'password()': () => secrets.password(),
  'passphrase()': () => secrets.passphrase(),
  'crypto.randomBytes(32), again': () => randomBytes(32),
};

const stored = randomBytes(64);
const sent = Buffer.from(stored);
const isStored = secretMatcher(stored);

const COMPARISONS: Contenders = {
  'crypto.timingSafeEqual': () => equalBytes(sent, stored),
  timingSafeEqual: () => timingSafeEqual(sent, stored),
  secretMatcher: () => isStored(sent),
  'double HMAC-SHA256 under a random key': () => equalByDoubleHmac(sent, stored),
  'crypto.timingSafeEqual, again': () => equalBytes(sent, stored),
};

function equalByDoubleHmac(a: Buffer, b: Buffer): boolean {
  const key = randomBytes(32);
  const [first, second] = [a, b].map((each) => createHmac('sha256', key).update(each).digest());
  return first !== undefined && second !== undefined && equalBytes(first, second);
}

/** Microseconds a call, by contender. Each round runs them all, in turn. */
function measure(contenders: Contenders): Map<string, Summary> {
  const entries = Object.entries(contenders);
  const series = new Map(entries.map(([name]) => [name, [] as number[]]));
  for (let round = -WARM_UPS; round < ROUNDS; round += 1) {
    for (const [name, call] of entries) {
      const microseconds = time(call);
      if (round >= 0) series.get(name)?.push(microseconds);
    }
  }
  return new Map(Array.from(series, ([name, values]) => [name, summaryOf(values)]));
}

function time(call: () => unknown): number {
  let last: unknown;
  const before = performance.now();
  for (let left = CALLS; left > 0; left -= 1) last = call();
  const after = performance.now();
  if (last === undefined) throw new Error('nothing was measured');
  return ((after - before) * 1000) / CALLS;
}

function resultTable(summaries: Map<string, Summary>): string {
  const [base] = Array.from(summaries.values());
  const rows = Array.from(summaries, ([name, { min, median }]) => [
    `\`${name}\``.replace(/, again`$/, '`, again'),
    `${min.toFixed(2)} µs`,
    `${median.toFixed(2)} µs`,
    `${(median - (base?.median ?? 0)).toFixed(2)} µs`,
  ]);
  return table([['call', 'min', 'median', 'median, less that of the first'], ...rows]);
}

await publish(
  'secrets',
  `# The cost of secrets

${circumstances()}

Making random values:

${resultTable(measure(TOKENS))}

Comparing 64 bytes with 64 equal bytes:

${resultTable(measure(COMPARISONS))}

Method: \`npm run bench:secrets\`. Microseconds a call, in one process, from ${ROUNDS} rounds after ${WARM_UPS} of warm-up; each round makes ${CALLS} calls of every line in turn, so that what disturbs the machine disturbs all. The last line of each table shows what noise alone does.
`,
);
