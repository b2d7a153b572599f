import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { hash } from 'argon2';
import { randomBytes } from 'node:crypto';
import { PasswordService } from '../lib/password/password.service.js';
import { SecurityModule } from '../lib/security.module.js';
import { milliseconds, ratioTarget, type Part } from './audit-figures.js';
import { onTheThreadPool, ours } from './audit-recordings.js';
import { quantile, watch, type Recorder, type Window } from './audit-window.js';
import { table } from './report.js';
import { summaryOf } from './statistics.js';

const IN_FLIGHT = 16;
const PROFILE = { memoryCost: 65_536, timeCost: 3, parallelism: 4 };
const CALLERS = [1, 16];
const ROUNDS = 4;
const WINDOW_MS = 1250;
const PASSWORD = 'correct horse battery staple';

interface Compared {
  readonly recorder: Recorder;
  readonly idle: Window[];
  /** Beside hashes that nothing holds back. */
  readonly hashing: Window[];
  /** Beside those of this package, which computes no more at a time than there are processors. */
  readonly admitted: Window[];
}

/** How long a record takes while the process hashes passwords, and while it does not. */
export async function besideHashes(folder: string): Promise<Part> {
  const [mine, pooled] = [await ours(folder, CALLERS), await onTheThreadPool(folder, CALLERS)];
  const compared = [mine, pooled]
    .flatMap(({ recorders }) => recorders)
    .map((recorder): Compared => ({ recorder, idle: [], hashing: [], admitted: [] }));
  const app = await passwords();
  const service = app.get(PasswordService);
  for (const { recorder } of compared) await watch(recorder, WINDOW_MS);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { recorder, idle } of compared) idle.push(await watch(recorder, WINDOW_MS));
    const bare = (): Promise<unknown> => hash(PASSWORD, PROFILE);
    await whileHashing(bare, async () => {
      for (const { recorder, hashing } of compared) hashing.push(await watch(recorder, WINDOW_MS));
    });
    const admitted = (): Promise<unknown> => service.hash(PASSWORD);
    await whileHashing(admitted, async () => {
      for (const each of compared) each.admitted.push(await watch(each.recorder, WINDOW_MS));
    });
  }
  for (const each of [mine, pooled, app]) await each.close();
  const ofMine = compared.filter(({ recorder }) => mine.recorders.includes(recorder));
  return {
    text: comparisonTable(compared),
    targets: ofMine.flatMap((each) => targetsOf(each)),
  };
}

function targetsOf({ recorder, idle, hashing, admitted }: Compared): Part['targets'] {
  const of = (beside: readonly Window[], what: string): Part['targets'][number] =>
    ratioTarget(
      `p99 of ${named(recorder)} beside ${IN_FLIGHT} ${what}, to idle`,
      'at most 5',
      ratios(idle, beside, 0.99),
    );
  return [of(admitted, '`PasswordService.hash`'), of(hashing, 'bare hashes')];
}

async function passwords(): Promise<INestApplicationContext> {
  const keys = [{ id: 'now', secret: randomBytes(32).toString('base64url') }];
  return NestFactory.createApplicationContext(SecurityModule.forRoot({ keys, password: {} }), {
    logger: false,
  });
}

/** Keeps so many hashes in flight until something is done. */
async function whileHashing(
  compute: () => Promise<unknown>,
  work: () => Promise<void>,
): Promise<void> {
  const state = { isDone: false };
  const hashing = Array.from({ length: IN_FLIGHT }, async () => {
    while (!state.isDone) await compute();
  });
  await work();
  state.isDone = true;
  await Promise.all(hashing);
}

function comparisonTable(compared: readonly Compared[]): string {
  const shares = [0.5, 0.99];
  const series = ['idle', 'beside `PasswordService`', 'beside bare hashes'];
  const head = ['', ...['p50', 'p99'].flatMap((p) => series.map((each) => `${p} ${each}`))];
  const rows = compared.map(({ recorder, idle, admitted, hashing }) => [
    `${recorder.name}, ${named(recorder)}`,
    ...shares.flatMap((share) => [idle, admitted, hashing].map((each) => figure(each, share))),
  ]);
  return table([head, ...rows]);
}

function named({ callers }: Recorder): string {
  return callers === 1 ? 'one caller' : `${callers} callers`;
}

function figure(windows: readonly Window[], share: number): string {
  return milliseconds(summaryOf(windows.map(({ latencies }) => quantile(latencies, share))).median);
}

function ratios(idle: readonly Window[], beside: readonly Window[], share: number): number[] {
  return beside.map(({ latencies }, round) => {
    return quantile(latencies, share) / quantile(idle[round]?.latencies ?? [], share);
  });
}
