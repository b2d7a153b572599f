import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SecurityEvents } from '../lib/events/security-events.js';
import {
  policySchema,
  type PasswordPolicyOptions,
} from '../lib/password/policy/password-policy.options.js';
import { PasswordPolicyService } from '../lib/password/policy/password-policy.service.js';
import type { PolicyStart } from './password-policy-child.js';
import { table } from './report.js';
import { summaryOf } from './statistics.js';

const CHILD = join(import.meta.dirname, 'password-policy-child.js');
const STARTS = 15;
const WARM_UPS = 3;
const ROUNDS = 30;

const PASSWORDS: Readonly<Record<string, string>> = {
  'a passphrase of 28 characters': 'correct horse battery staple',
  'a decorated word, `P@ssw0rd2026!`': 'P@ssw0rd2026!',
  '64 random characters': 'q8Zr-uV3kLx0pWm5nTbYc7sDfGhJ2aEiOQ4R6X9zKvBtNwPyUeMlSjHg1dFoCr+A',
  '4,096 digits': '1029384756'.repeat(410).slice(0, 4096),
  '4,096 signs of substitution': '@4836!1|09$5+72'.repeat(274).slice(0, 4096),
  '4,095 bytes that become 24,570 characters': '\uFDFA'.repeat(1365),
};

/** What judging a new password costs. */
export async function policyTable(): Promise<string> {
  const rows = [
    ...(await rowsOf('', {})),
    ...(await rowsOf(', with `estimator`', { estimator: {} })),
  ];
  return table([['`evaluate`', 'min', 'median'], ...rows]);
}

/** What the first judgement of a process costs, which loads the lists. */
export async function policyStartTable(): Promise<string> {
  const starts: PolicyStart[] = [];
  for (let run = 0; run < STARTS; run += 1) {
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', CHILD]);
    starts.push(JSON.parse(stdout) as PolicyStart);
  }
  const figures = (of: (start: PolicyStart) => number, unit: string): string[] => {
    const { min, median } = summaryOf(starts.map(of));
    return [`${min.toFixed(1)} ${unit}`, `${median.toFixed(1)} ${unit}`];
  };
  return table([
    ['of a fresh process', 'min', 'median'],
    ['the first `evaluate`, which loads the lists', ...figures(({ firstMs }) => firstMs, 'ms')],
    ['the second', ...figures(({ secondMs }) => secondMs, 'ms')],
    ['heap that the lists keep', ...figures(({ heapMiB }) => heapMiB, 'MiB')],
  ]);
}

async function rowsOf(suffix: string, options: PasswordPolicyOptions): Promise<string[][]> {
  const policy = new PasswordPolicyService(policySchema.parse(options), new SecurityEvents());
  const context = { email: 'ann-marie.lee@example.com', name: 'Ann-Marie Lee' };
  const series = new Map(Object.keys(PASSWORDS).map((name) => [name, [] as number[]]));
  for (let round = -WARM_UPS; round < ROUNDS; round += 1) {
    for (const [name, password] of Object.entries(PASSWORDS)) {
      const started = performance.now();
      await policy.evaluate(password, context);
      const elapsed = performance.now() - started;
      if (round >= 0) series.get(name)?.push(elapsed);
    }
  }
  return Array.from(series, ([name, times]) => {
    const { min, median } = summaryOf(times);
    return [`${name}${suffix}`, `${min.toFixed(3)} ms`, `${median.toFixed(3)} ms`];
  });
}
