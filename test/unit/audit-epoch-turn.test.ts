import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  truncateSync,
  unlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { verifyLog } from '../../lib/audit/log/verify/verify-log.js';
import { auditBody, onlyStream } from '../support/crashed-log.js';
import { until } from '../support/until.js';

const NEVER = 1e9;

let directory: string;
let log: FileAuditLog;

beforeEach(async () => {
  directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
  log = await start();
  await log.append(auditBody(1));
});
afterEach(() => log.close());

async function start(epochMs = 20): Promise<FileAuditLog> {
  const limits = { reserveBytes: 0, epochMs, checkpointMs: 10 };
  const started = new FileAuditLog(directory, { writer: 'inline', limits });
  await started.open();
  return started;
}

const epoch = (): number => log.health().epoch;
const folder = (): string => onlyStream(directory).folder;
const keyPath = (of: number): string =>
  join(directory, 'keys', `${onlyStream(directory).name}.${of}.pem`);
const keys = (): string[] => readdirSync(join(directory, 'keys')).filter(isEpochKey).toSorted();
const isEpochKey = (file: string): boolean => /\.\d+\.pem/.test(file);
const isFailing = (): boolean => log.health().reasons.includes('checkpoint-failed');

/** Records until some epochs would have ended. */
async function recorded(): Promise<void> {
  for (let n = 0; n < 12; n += 1) {
    await log.append(auditBody(n));
    await new Promise((next) => setTimeout(next, 25));
  }
}

async function tampered(): Promise<unknown[]> {
  const { streams } = await verifyLog(directory, {});
  return streams.flatMap(({ problems }) => problems.filter(({ grade }) => grade === 'tampered'));
}

it('An epoch that has ended stays ended though its key cannot be put away', async () => {
  const blocked = keyPath(epoch() + 1);
  mkdirSync(blocked);
  await recorded();
  await until(isFailing);
  expect(await tampered()).toEqual([]);
  rmdirSync(blocked);
  await until(() => !isFailing());
  await recorded();
  expect(epoch()).toBeGreaterThan(1);
  expect(keys()).toHaveLength(1);
  expect(await tampered()).toEqual([]);
});

it('A key whose file went before it was in place is written again', async () => {
  const [now, next] = [epoch(), keyPath(epoch() + 1)];
  mkdirSync(next);
  await recorded();
  await until(() => epoch() === now + 1 && isFailing());
  unlinkSync(`${next}.next`);
  rmdirSync(next);
  await until(() => !isFailing());
  await log.close();
  log = await start();
  expect(await tampered()).toEqual([]);
});

it('The epoch of the run before is ended as soon as it can be, not when its own time is over', async () => {
  await log.close();
  log = await start(NEVER);
  await log.append(auditBody(2));
  await log.close();
  const before = epoch();
  const blocked = `${keyPath(before + 1)}.next`;
  mkdirSync(blocked);
  log = await start(NEVER);
  expect(epoch()).toBe(before);
  expect(isFailing()).toBe(true);
  rmdirSync(blocked);
  await until(() => !isFailing());
  expect(epoch()).toBe(before + 1);
  expect(keys()).toEqual([basename(keyPath(before + 1))]);
  expect(await tampered()).toEqual([]);
});

it.each<[string, (path: string) => void]>([
  ['removed', (path) => unlinkSync(path)],
  ['cut', (path) => truncateSync(path, 10)],
  [
    'replaced by a copy',
    (path) => {
      copyFileSync(path, `${path}.copy`);
      renameSync(`${path}.copy`, path);
    },
  ],
])('No epoch ends, and no key goes, once the file of statements was %s', async (_, harm) => {
  await recorded();
  const path = join(folder(), 'epochs.notes');
  harm(path);
  const before = epoch();
  await recorded();
  expect(epoch()).toBe(before);
  expect(keys()).toContain(keyPath(before).slice(join(directory, 'keys').length + 1));
  expect(log.health()).toMatchObject({ status: 'degraded', reasons: ['checkpoint-failed'] });
});

it('No epoch signs on while a statement that ends it may still stand in the file', () => {
  const script = resolve('build/test/support/troubled-turn.js');
  const place = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
  const said = execFileSync(process.execPath, [script, place], { timeout: 60_000 });
  expect(JSON.parse(said.toString())).toEqual({
    signed: 'AUDIT_WRITE_FAILED',
    meanwhile: [],
    later: [],
  });
});

it('Epochs do not run ahead of checkpoints that cannot be written', async () => {
  await recorded();
  const path = join(folder(), 'checkpoint');
  renameSync(path, `${path}.kept`);
  mkdirSync(path);
  const before = epoch();
  await recorded();
  expect(epoch()).toBeLessThanOrEqual(before + 1);
  expect(isFailing()).toBe(true);
  rmdirSync(path);
  renameSync(`${path}.kept`, path);
  expect(await tampered()).toEqual([]);
  await until(() => !isFailing());
  await recorded();
  expect(epoch()).toBeGreaterThan(before + 1);
  expect(await tampered()).toEqual([]);
  expect(readFileSync(path, 'utf8')).toContain(`\nepoch ${epoch()}\n`);
});
