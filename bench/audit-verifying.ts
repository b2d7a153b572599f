import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { trustOf } from '../lib/audit/log/verify/trust-of.js';
import { verifyLog } from '../lib/audit/log/verify/verify-log.js';
import type { BigLog } from './audit-big-log.js';
import type { Part } from './audit-figures.js';
import { table } from './report.js';
import { summaryOf } from './statistics.js';

export const RECORDS = 500_000;
const ROUNDS = 4;
const LF = 0x0a;
const NODE = Buffer.alloc(65, 1);

/** A way to go through a log. */
interface Way {
  readonly name: string;
  /** @returns how many records it was */
  readonly run: () => Promise<number> | number;
  readonly perSecond: number[];
  readonly perCpuSecond: number[];
}

/** How fast a log is verified, beside nothing but the hashing. */
export async function verifying(log: BigLog): Promise<Part> {
  await log.grow({ records: RECORDS });
  const trust = await trustOf(log.directory);
  const verify = async (parallel: number): Promise<number> => {
    const { status, streams } = await verifyLog(log.directory, { trust, parallel });
    if (status === 'tampered') throw new Error(JSON.stringify(streams));
    return streams[0]?.records ?? 0;
  };
  const segments = log.segments.map((path) => readFileSync(path));
  const here = wayOf('`verifyLog`, in the calling thread', () => verify(0));
  const ways = [
    wayOf('bare `hash` of every line', () => hashLines(segments, 'lines')),
    wayOf('bare `hash` of every line and as many tree nodes', () =>
      hashLines(segments, 'and nodes'),
    ),
    here,
    wayOf('`verifyLog`, one thread', () => verify(1)),
    wayOf('`verifyLog`, two threads', () => verify(2)),
  ];
  for (const { run } of ways) await run();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const way of [...ways.slice(round), ...ways.slice(0, round)]) await time(way);
  }
  const { median, min } = summaryOf(here.perCpuSecond);
  const extremes = `${millions(min)} to ${millions(Math.max(...here.perCpuSecond))}`;
  const what = 'records per CPU second of `verifyLog`';
  return { text: wayTable(ways), targets: [[what, 'at least 0.80 M', millions(median), extremes]] };
}

function wayOf(name: string, run: Way['run']): Way {
  return { name, run, perSecond: [], perCpuSecond: [] };
}

async function time({ run, perSecond, perCpuSecond }: Way): Promise<void> {
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  const records = await run();
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  perSecond.push(records / seconds);
  perCpuSecond.push(records / ((user + system) / 1e6));
}

/** From memory: reading is not counted. */
function hashLines(segments: readonly Buffer[], what: 'lines' | 'and nodes'): number {
  let lines = 0;
  for (const bytes of segments) {
    for (let start = 0; start < bytes.length; lines += 1) {
      const end = bytes.indexOf(LF, start);
      hash('sha256', bytes.subarray(start, end), 'binary');
      if (what === 'and nodes') hash('sha256', NODE, 'binary');
      start = end + 1;
    }
  }
  return lines;
}

function wayTable(ways: readonly Way[]): string {
  const rows = ways.map(({ name, perSecond, perCpuSecond }) => {
    const cells = [perSecond, perCpuSecond].map((series) =>
      [summaryOf(series).median, Math.max(...series)].map(millions).join(' / '),
    );
    return [name, ...cells];
  });
  return table([['', 'records/s', 'records per CPU second'], ...rows]);
}

function millions(rate: number): string {
  return `${(rate / 1e6).toFixed(2)} M`;
}
