import { PASSWORD_CEILINGS } from '../lib/password/password-ceilings.js';
import { passwordText } from '../lib/password/password-text.js';
import { readStored } from '../lib/password/stored/read-stored.js';
import type { ReadingRules } from '../lib/password/stored/stored-hash.js';
import { filled, hostileHashes } from './hostile-hashes.js';
import { passwordService } from './password-service.js';
import { table } from './report.js';
import { summaryOf, type Summary } from './statistics.js';

const MIB = 2 ** 20;
const WARM_UPS = 5;
const ROUNDS = 30;
const CALLS = 500;

const RULES: ReadingRules = {
  ...PASSWORD_CEILINGS,
  argon2Backend: 'argon2',
  longBcrypt: 'truncated',
};
const ARGON2 =
  '$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$08SGGcDJOWTOHrI9opI1oxYYPVyI3Xbz6vQjWzSpV7w';
const BCRYPT = '$2b$12$LSrKjFXps4Y.xCR7YC/y/.FZ49m8jrTCJ1ztTQ7NtJUWlVTE.9d4i';

/** A call, and the most microseconds that it may take. */
interface Call {
  readonly name: string;
  readonly call: () => unknown;
  readonly below?: number;
}

/** What calls cost that hash nothing. */
export function callsTable(): string {
  return tableOf([...readingCalls(), ...passwordCalls()]);
}

/** What it costs to refuse hostile texts that are short enough to be looked at. */
export function hostileTable(): string {
  return tableOf(
    Object.entries(hostileHashes()).map(([name, text]) => ({
      name,
      call: () => readStored(text, RULES),
    })),
  );
}

function readingCalls(): Call[] {
  const service = passwordService();
  const huge = filled(MIB, ARGON2, 'A');
  const hugeDisabled = filled(MIB, '!', 'A');
  const hugeWide = filled(MIB, ARGON2, 'Ω');
  return [
    { name: 'reading a hash of Argon2', call: () => readStored(ARGON2, RULES) },
    { name: 'reading a hash of bcrypt', call: () => readStored(BCRYPT, RULES) },
    { name: '`rehashReasons`, Argon2', call: () => service.rehashReasons(ARGON2) },
    { name: '`rehashReasons`, bcrypt', call: () => service.rehashReasons(BCRYPT) },
    { name: '`identify`, Argon2', call: () => service.identify(ARGON2) ?? '' },
    { name: '`disable`', call: () => service.disable() },
    { name: 'stored: 1 MiB, `$argon2id$…`', call: () => readStored(huge, RULES), below: 5 },
    { name: 'stored: 1 MiB, `!…`', call: () => readStored(hugeDisabled, RULES), below: 5 },
    {
      name: 'stored: 2 MiB in memory, not Latin',
      call: () => readStored(hugeWide, RULES),
      below: 5,
    },
  ];
}

function passwordCalls(): Call[] {
  const longest = filled(4096, '', 'a');
  const stacked = filled(2048, 'a', '\u0323');
  const huge = filled(MIB, '', 'a');
  const hugeWide = filled(MIB, '', 'Ω');
  return [
    { name: 'password: 28 characters', call: () => passwordText('correct horse battery staple') },
    { name: 'password: 4,096 characters', call: () => passwordText(longest) },
    { name: 'password: 2,048 stacked accents', call: () => passwordText(stacked) },
    { name: 'password: 1 MiB', call: () => passwordText(huge) },
    { name: 'password: 2 MiB in memory, not Latin', call: () => passwordText(hugeWide) },
  ];
}

function tableOf(calls: readonly Call[]): string {
  const rows = Array.from(measure(calls), ([{ name, below }, { min, median }]) => [
    name,
    `${min.toFixed(2)} µs`,
    `${median.toFixed(2)} µs`,
    below === undefined ? '' : `< ${below} µs: ${min < below ? 'met' : 'missed'}`,
  ]);
  return table([['call', 'min', 'median', 'target'], ...rows]);
}

function measure(calls: readonly Call[]): Map<Call, Summary> {
  const series = new Map(calls.map((each) => [each, [] as number[]]));
  for (let round = -WARM_UPS; round < ROUNDS; round += 1) {
    for (const [each, times] of series) {
      const microseconds = time(each.call);
      if (round >= 0) times.push(microseconds);
    }
  }
  return new Map(Array.from(series, ([each, times]) => [each, summaryOf(times)]));
}

function time(call: () => unknown): number {
  let last: unknown;
  const started = performance.now();
  for (let left = CALLS; left > 0; left -= 1) last = call();
  const ended = performance.now();
  if (last === undefined) throw new Error('nothing was measured');
  return ((ended - started) * 1000) / CALLS;
}
