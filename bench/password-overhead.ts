import { hashWithArgon2 } from '../lib/password/backend/argon2-hash.js';
import type { Cost } from './argon2-cffi.js';
import { bareArgon2, bareNodeRsArgon2, PASSWORD, PASSWORD_BYTES, SALT } from './bare-hashes.js';
import type { Measured } from './password-hashes-table.js';
import { passwordService } from './password-service.js';
import { table } from './report.js';
import { summaryOf } from './statistics.js';

const WARM_UPS = 300;
const ROUNDS = 4000;
const SMALLEST = { memoryKiB: 8, timeCost: 1, parallelism: 1 };

/** Of the time of one hash, as a percentage. */
const LARGEST_SHARE = 3;

/**
 * What the service adds to its backend in microseconds, told by hashes that take next to nothing, and what
 * share that is of hashes as they are.
 */
export async function overheadTable(measured: Measured): Promise<string> {
  const ours = passwordService({ ...SMALLEST, backend: 'argon2' });
  const oursNodeRs = passwordService({ ...SMALLEST, backend: '@node-rs/argon2' });
  const stored = await ours.hash(PASSWORD);
  const series = await interleave({
    'PasswordService, argon2': () => ours.verify(stored, PASSWORD),
    argon2: () => bareArgon2(SMALLEST),
    'argon2, imported at each call': importedArgon2,
    'PasswordService, @node-rs/argon2': () => oursNodeRs.verify(stored, PASSWORD),
    '@node-rs/argon2': () => bareNodeRsArgon2(SMALLEST),
  });
  const rows = Array.from(series, ([name, times]) => {
    const { min, median } = summaryOf(times);
    const [, backend = ''] = /^PasswordService, (.+)$/.exec(name) ?? [];
    const added = min - summaryOf(series.get(backend) ?? [Number.NaN]).min;
    const cells = backend === '' ? ['', '', ''] : addedCells(added, measured.get(backend) ?? []);
    return [name, `${min.toFixed(1)} µs`, `${median.toFixed(1)} µs`, ...cells];
  });
  const head = [
    'Argon2id, 8 KiB, 1 pass, 1 lane',
    'min',
    'median',
    'added',
    'to `guide`',
    'target',
  ];
  return table([head, ...rows]);
}

function addedCells(added: number, costs: readonly Cost[]): string[] {
  const share = added / 10 / summaryOf(costs.map(({ ms }) => ms)).min;
  const verdict = share <= LARGEST_SHARE ? 'met' : 'missed';
  return [`${added.toFixed(1)} µs`, `${share.toFixed(2)}%`, `${LARGEST_SHARE}%: ${verdict}`];
}

/** The way of the service to the library, without the service. */
function importedArgon2(): Promise<Buffer> {
  const work = {
    ...SMALLEST,
    variant: 'argon2id',
    version: 19,
    salt: SALT,
    hashBytes: 32,
  } as const;
  return hashWithArgon2(PASSWORD_BYTES, work, 'argon2');
}

async function interleave(
  calls: Readonly<Record<string, () => Promise<unknown>>>,
): Promise<Map<string, number[]>> {
  const entries = Object.entries(calls);
  const series = new Map(entries.map(([name]) => [name, [] as number[]]));
  for (let round = -WARM_UPS; round < ROUNDS; round += 1) {
    for (const [name, call] of entries) {
      const started = performance.now();
      await call();
      const elapsed = performance.now() - started;
      if (round >= 0) series.get(name)?.push(elapsed * 1000);
    }
  }
  return series;
}
