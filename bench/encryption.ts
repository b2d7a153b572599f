import { randomBytes } from 'node:crypto';
import {
  bareOpenSsl,
  fernetNodejs,
  flat,
  KEY,
  makeService,
  npmFernet,
  ours,
  type Calls,
  type Contender,
} from './encryption-contenders.js';
import { holdOf, type Hold } from './loop-hold.js';
import { startPython } from './encryption-python.js';
import { circumstances, publish, table, versionOf } from './report.js';
import { summaryOf } from './statistics.js';

const VERBS = ['encrypt', 'decrypt'] as const;
const OURS = 'nestjs-security';
const LIMIT = 'bare OpenSSL';
const PYTHON = 'Python cryptography';
const CONTENDERS: Readonly<Record<string, Contender>> = {
  [OURS]: ours,
  [LIMIT]: bareOpenSsl,
  'npm fernet': npmFernet,
  'fernet-nodejs': fernetNodejs,
};
/** These take seconds for what the others do in milliseconds. */
const SLOW = ['npm fernet', 'fernet-nodejs'];
const SLOW_UP_TO = 1024 * 1024;

interface Size {
  readonly name: string;
  readonly bytes: number;
  readonly calls: number;
  readonly rounds: number;
}

const SIZES: readonly Size[] = [
  { name: '64 B', bytes: 64, calls: 200, rounds: 200 },
  { name: '1 KiB', bytes: 1024, calls: 200, rounds: 150 },
  { name: '64 KiB', bytes: 64 * 1024, calls: 32, rounds: 60 },
  { name: '1 MiB', bytes: 1024 * 1024, calls: 4, rounds: 30 },
  { name: '16 MiB', bytes: 16 * 1024 * 1024, calls: 1, rounds: 20 },
];
const WARM_UPS = 3;
const HOLD_ROUNDS = 20;

type Verb = (typeof VERBS)[number];
/** Microseconds of the fastest round, by verb and contender. */
type Minima = ReadonlyMap<string, number>;

const python = await startPython(KEY);

async function measure(size: Size): Promise<Minima> {
  const text = 'x'.repeat(size.bytes);
  const chosen = Object.entries(CONTENDERS).filter(
    ([name]) => size.bytes <= SLOW_UP_TO || !SLOW.includes(name),
  );
  const calls = chosen.map(([name, contender]) => [name, contender(text)] as const);
  const series = new Map<string, number[]>();
  const note = (verb: Verb, name: string, microseconds: number): void => {
    const key = `${verb} ${name}`;
    series.set(key, [...(series.get(key) ?? []), microseconds]);
  };
  for (let round = -WARM_UPS; round < size.rounds; round += 1) {
    for (const verb of VERBS) {
      for (const [name, call] of calls) {
        const isRare = SLOW.includes(name) && size.calls < 100;
        if (isRare && round > 5) continue;
        const microseconds = time(call, verb, isRare ? 1 : size.calls);
        if (round >= 0) note(verb, name, microseconds);
      }
      const theirs = await python?.time(verb, size.bytes, size.calls);
      if (round >= 0 && theirs !== undefined) note(verb, PYTHON, theirs);
    }
  }
  return new Map(Array.from(series, ([key, values]) => [key, summaryOf(values).min]));
}

function time(calls: Calls, verb: Verb, count: number): number {
  const call = calls[verb];
  const before = performance.now();
  for (let left = count; left > 0; left -= 1) call();
  return ((performance.now() - before) * 1000) / count;
}

function rowsOf(verb: Verb, all: ReadonlyMap<Size, Minima>): string[][] {
  const names = [OURS, LIMIT, PYTHON, ...SLOW];
  const head = [verb, ...names, `${PYTHON} / ours`, 'OpenSSL / ours'];
  const rows = Array.from(all, ([size, minima]) => {
    const of = (name: string): number => minima.get(`${verb} ${name}`) ?? NaN;
    const ratios = [
      `${(of(PYTHON) / of(OURS)).toFixed(1)}x`,
      `${((of(LIMIT) / of(OURS)) * 100).toFixed(0)} %`,
    ];
    return [size.name, ...names.map((name) => inUnits(of(name))), ...ratios];
  });
  return [head, ...rows];
}

function inUnits(microseconds: number): string {
  if (Number.isNaN(microseconds)) return '—';
  if (microseconds < 100) return `${microseconds.toFixed(1)} µs`;
  if (microseconds < 10_000) return `${microseconds.toFixed(0)} µs`;
  return `${(microseconds / 1000).toFixed(microseconds < 100_000 ? 1 : 0)} ms`;
}

async function holdRows(): Promise<string[][]> {
  const service = makeService();
  const data = randomBytes(16 * 1024 * 1024);
  const token = flat(service.encrypt(data));
  const text = flat('x'.repeat(data.length));
  const four = Array.from({ length: 4 }, () => data.subarray(0, data.length / 4));
  const works: Readonly<Record<string, () => Promise<unknown>>> = {
    '`encryptAsync` of bytes': () => service.encryptAsync(data),
    '`encryptAsync` of text': () => service.encryptAsync(text),
    '`decryptAsync`': () => service.decryptAsync(token),
    'four `encryptAsync` of 4 MiB together': () =>
      Promise.all(four.map((each) => service.encryptAsync(each))),
    '`encrypt`, which blocks': async () => service.encrypt(data),
    '`decrypt`, which blocks': async () => service.decrypt(token),
  };
  const noted = new Map(Object.keys(works).map((name) => [name, [] as Hold[]]));
  for (let round = 0; round < HOLD_ROUNDS; round += 1) {
    for (const [name, work] of Object.entries(works)) noted.get(name)?.push(await holdOf(work));
  }
  const rows = Array.from(noted, ([name, each]) => {
    const took = summaryOf(each.map((one) => one.took));
    const longest = summaryOf(each.map((one) => one.longest));
    return [name, ...[took.min, longest.min, longest.median].map((ms) => `${ms.toFixed(1)} ms`)];
  });
  return [['16 MiB', 'takes: min', 'holds the loop: min', 'median'], ...rows];
}

const all = new Map<Size, Minima>();
for (const size of SIZES) all.set(size, await measure(size));
python?.stop();
const [major] = process.versions.node.split('.');

await publish(
  major === '20' ? 'encryption' : `encryption-node${major}`,
  `# The cost of encryption

${circumstances(
  `OpenSSL ${process.versions.openssl}`,
  `fernet ${versionOf('fernet')}`,
  `fernet-nodejs ${versionOf('fernet-nodejs')}`,
  `Python cryptography and Python ${python?.version ?? 'not there'}`,
)}

${VERBS.map((verb) => table(rowsOf(verb, all))).join('\n\n')}

Long plaintexts in a server:

${table(await holdRows())}

Method: \`npm run bench:encryption\`. Of each line the fastest of ${SIZES.map(({ rounds }) => rounds).join(', ')} rounds; each round makes ${SIZES.map(({ calls }) => calls).join(', ')} calls of every contender in turn and divides their time by their number. All use one key. Python measures itself, in a process of its own that sleeps while the others run. Bare OpenSSL is AES-128-CBC and HMAC-SHA256 through \`node:crypto\` with keys and IV made before, without base64, timestamp or any check. The two packages of npm take text only, are run a few times only from 64 KiB on, and not at 16 MiB. The loop is held from one turn to the next, as \`setImmediate\` sees it, in ${HOLD_ROUNDS} rounds; of a turn the processor's time counts where it is less than the clock's, so that other programs do not.
`,
);
