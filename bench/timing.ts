import { randomBytes, randomInt } from 'node:crypto';
import { secretMatcher, timingSafeEqual } from 'nestjs-security';
import { circumstances, publish, table } from './report.js';
import { momentsOf, welchT } from './statistics.js';

const WARM_UPS = 4000;
const SAMPLES = 40_000;
const CALLS = 32;
const COPIES = 16;
/** Samples beyond this share of all were slow because the machine was busy. */
const KEPT = 0.9;
const LEAK = 4.5;

type Compare = (candidate: string) => boolean;

/** Two kinds of calls that must take the same time. */
interface Experiment {
  readonly name: string;
  readonly question: string;
  /** What is compared with what, for either kind. */
  readonly kinds: readonly [Kind, Kind];
}

interface Kind {
  readonly compare: Compare;
  readonly candidates: readonly string[];
}

const IMPLEMENTATIONS: Readonly<Record<string, (secret: string) => Compare>> = {
  '`===`': (secret) => (candidate) => candidate === secret,
  '`timingSafeEqual`': (secret) => (candidate) => timingSafeEqual(candidate, secret),
  '`secretMatcher`': (secret) => secretMatcher(secret),
};

/** Different strings of the same text, none of them known to the engine as one. */
function copiesOf(text: string): string[] {
  return Array.from({ length: COPIES }, () => Buffer.from(text, 'latin1').toString('latin1'));
}

function randomText(length: number): string {
  return randomBytes(length / 2).toString('hex');
}

function withOther(text: string, index: number): string {
  const other = text[index] === '0' ? '1' : '0';
  return text.slice(0, index) + other + text.slice(index + 1);
}

/** Does a difference in the first character show sooner than one in the last? */
function whereExperiment(name: string, make: (secret: string) => Compare, length: number) {
  const secret = randomText(length);
  const compare = make(secret);
  const kinds = [0, length - 1].map((index) => ({
    compare,
    candidates: copiesOf(withOther(secret, index)),
  }));
  return experiment(name, `where ${length} characters differ`, kinds);
}

/** Does a long secret show, when the same wrong candidate is compared with it? */
function lengthExperiment(name: string, make: (secret: string) => Compare) {
  const candidates = copiesOf(randomText(64));
  const kinds = [16, 4096].map((length) => ({ compare: make(randomText(length)), candidates }));
  return experiment(name, 'whether the secret has 16 or 4096 characters', kinds);
}

/** The same kind twice: what the method finds where there is nothing to find. */
function controlExperiment(name: string, make: (secret: string) => Compare) {
  const secret = randomText(4096);
  const kind = { compare: make(secret), candidates: copiesOf(withOther(secret, 0)) };
  return experiment(name, 'nothing: both kinds are the same', [kind, kind]);
}

function experiment(name: string, question: string, kinds: readonly Kind[]): Experiment {
  const [first, second] = kinds;
  if (!first || !second) throw new RangeError('an experiment has two kinds');
  return { name, question, kinds: [first, second] };
}

/** Nanoseconds a call, of either kind, drawn at random before each sample. */
function sample({ kinds }: Experiment): readonly [number[], number[]] {
  const samples: readonly [number[], number[]] = [[], []];
  for (let round = -WARM_UPS; round < SAMPLES; round += 1) {
    const index = randomInt(2) === 0 ? 0 : 1;
    const nanoseconds = time(kinds[index]);
    if (round >= 0) samples[index].push(nanoseconds);
  }
  return samples;
}

function time({ compare, candidates }: Kind): number {
  let equal = 0;
  const before = process.hrtime.bigint();
  for (let call = 0; call < CALLS; call += 1) {
    if (compare(candidates[call % COPIES] ?? '')) equal += 1;
  }
  const after = process.hrtime.bigint();
  if (equal > 0) throw new Error('a wrong candidate was taken for the secret');
  return Number(after - before) / CALLS;
}

function judge(subject: Experiment): string[] {
  const [first, second] = sample(subject);
  const limit = quantile([...first, ...second], KEPT);
  const kept = [first, second].map((times) => times.filter((each) => each <= limit));
  const [a = [], b = []] = kept;
  const t = welchT(a, b);
  const apart = momentsOf(b).mean - momentsOf(a).mean;
  return [
    subject.name,
    subject.question,
    `${momentsOf(a).mean.toFixed(1)} ns`,
    `${apart.toFixed(1)} ns`,
    Math.abs(t).toFixed(1),
    Math.abs(t) > LEAK ? 'yes' : 'no',
  ];
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? Number.POSITIVE_INFINITY;
}

const experiments = Object.entries(IMPLEMENTATIONS).flatMap(([name, make]) => [
  controlExperiment(name, make),
  whereExperiment(name, make, 64),
  whereExperiment(name, make, 4096),
  lengthExperiment(name, make),
]);
const HEAD = [
  'comparison',
  'what timing might tell',
  'first kind',
  'second, less first',
  '\\|t\\|',
  'tells',
];

await publish(
  'timing',
  `# What the time of a comparison tells

${circumstances()}

${table([HEAD, ...experiments.map(judge)])}

Beyond |t| = ${LEAK} the two kinds of calls were practically never equally fast.

\`===\` shows that the method finds a leak. \`timingSafeEqual\` hashes the secret at each call, so it tells how many blocks of 64 bytes the secret has, as documented; \`secretMatcher\` does not.

Method: \`npm run bench:timing\`, as dudect does it. Before each of ${SAMPLES} samples (after ${WARM_UPS} of warm-up) chance picks one of two kinds of calls, which should take the same time; a sample is the mean of ${CALLS} calls, with ${COPIES} copies of the candidate in turn. The slowest ${Math.round((1 - KEPT) * 100)}% of all samples are left out, then Welch's t-test compares the two kinds. One process, a shared machine: small differences of an operation that takes microseconds stay below the noise, so a "no" means that this many samples found nothing.
`,
);
