import { PasswordAdmission } from '../lib/password/admission/password-admission.js';
import { PasswordBusyError } from '../lib/errors/password-busy.error.js';
import type { PasswordService } from '../lib/password/password.service.js';
import { passwordService } from './password-service.js';
import { table } from './report.js';
import { summaryOf } from './statistics.js';

const LOGINS = 200;
const ROUNDS = 50;
const LIMIT_MICROSECONDS = 20;
const STORED =
  '$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$08SGGcDJOWTOHrI9opI1oxYYPVyI3Xbz6vQjWzSpV7w';

/** Who waits, and who comes in vain. */
interface Crowd {
  readonly name: string;
  readonly queued: number;
  readonly keyOf: (index: number) => string | undefined;
  readonly newcomer: string | undefined;
  /** Whether the promise of {@link LIMIT_MICROSECONDS} is made for it. */
  readonly isPromised: boolean;
}

const CROWDS: readonly Crowd[] = [
  {
    name: '128 wait, no keys',
    queued: 128,
    keyOf: () => undefined,
    newcomer: undefined,
    isPromised: true,
  },
  {
    name: '128 wait, each with its own key',
    queued: 128,
    keyOf: (index) => `192.0.2.${index}`,
    newcomer: '198.51.100.1',
    isPromised: true,
  },
  {
    name: '128 wait, a key of 1,000 characters comes',
    queued: 128,
    keyOf: (index) => `192.0.2.${index}`,
    newcomer: 'x'.repeat(1000),
    isPromised: true,
  },
  {
    name: '10,000 wait (the most that can be set), each with its own key',
    queued: 10_000,
    keyOf: (index) => `10.0.${index >> 8}.${index & 255}`,
    newcomer: '198.51.100.1',
    isPromised: false,
  },
];

/** What a login costs that is refused because too many wait. */
export async function refusalsTable(): Promise<string> {
  const rows: string[][] = [];
  for (const crowd of CROWDS) {
    const { min, median } = summaryOf(await refuse(crowd));
    const verdict = min < LIMIT_MICROSECONDS ? 'met' : 'missed';
    const target = crowd.isPromised ? `< ${LIMIT_MICROSECONDS} µs: ${verdict}` : '';
    rows.push([crowd.name, `${min.toFixed(1)} µs`, `${median.toFixed(1)} µs`, target]);
  }
  return table([['a refused login, while', 'min', 'median', 'target'], ...rows]);
}

async function refuse({ queued, keyOf, newcomer }: Crowd): Promise<number[]> {
  const limits = { concurrency: 1, memoryKiB: 524_288, maxQueued: queued, timeoutMs: 600_000 };
  const admission = new PasswordAdmission(limits);
  let end: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (end = resolve));
  const job = { memoryKiB: 65_536, work: () => gate };
  const waiting = [admission.run(job)];
  for (let index = 0; index < queued; index += 1) {
    waiting.push(admission.run(job, { fairnessKey: keyOf(index) }));
  }
  const service = passwordService({}, admission);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await timeLogins(service, newcomer));
  end();
  await Promise.all(waiting);
  return times;
}

async function timeLogins(
  service: PasswordService,
  fairnessKey: string | undefined,
): Promise<number> {
  let refused = 0;
  const started = performance.now();
  for (let login = 0; login < LOGINS; login += 1) {
    try {
      await service.login({ stored: STORED, password: 'correct horse', fairnessKey });
    } catch (error) {
      if (error instanceof PasswordBusyError) refused += 1;
    }
  }
  const ended = performance.now();
  if (refused !== LOGINS) throw new Error('a login was not refused');
  return ((ended - started) * 1000) / LOGINS;
}
