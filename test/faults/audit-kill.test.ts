import { randomInt } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { leafHash } from '../../lib/audit/log/leaf-hash.js';
import { verifyLog } from '../../lib/audit/log/verify/verify-log.js';
import { readStreams, verifyChain } from '../support/audit-chain.js';

const PROCESS = 'build/test/support/audit-process.js';
const LF = 0x0a;

function begin(directory: string, acknowledged: string, callers: number): ChildProcess {
  return spawn(process.execPath, [PROCESS, directory, acknowledged, String(callers)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** A kill may tear what the process was just writing of its promises, too: half a line promises nothing. */
function cutTorn(acknowledged: string): void {
  if (existsSync(acknowledged))
    truncateSync(acknowledged, readFileSync(acknowledged).lastIndexOf(LF) + 1);
}

async function killAtRandom(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  await Promise.race([once(child.stdout ?? child, 'data'), closed.then(endedEarly), notReady()]);
  await setTimeout(randomInt(1, 120));
  if (!child.kill('SIGKILL')) endedEarly([child.exitCode, child.signalCode]);
  await closed;
}

function endedEarly([code, signal]: unknown[]): never {
  throw new Error(`the process ended before it was killed: ${String(code)} ${String(signal)}`);
}

async function notReady(): Promise<never> {
  await setTimeout(60_000, undefined, { ref: false });
  throw new Error('the process was not ready after a minute');
}

/** Every line that ends with LF continues the one before; what follows the last one was never acknowledged. */
function wholeLines(directory: string): string[] {
  const [stream] = readStreams(directory, { torn: 'left-out' });
  if (!stream) throw new Error('a stream was expected');
  verifyChain(stream);
  return [...stream.lines];
}

describe.each([
  [1, 34],
  [16, 33],
  [256, 33],
])('Killed under %d callers, %d times, the log', (callers, kills) => {
  it('holds every record that was acknowledged, each once, in one chain', async () => {
    const directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
    const acknowledged = `${directory}.acknowledged`;
    for (let kill = 0; kill < kills; kill += 1) {
      await killAtRandom(begin(directory, acknowledged, callers));
      cutTorn(acknowledged);
      if (kill % 8 === 0) wholeLines(directory);
    }
    const log = new FileAuditLog(directory);
    await log.open();
    await log.close();

    const lines = wholeLines(directory);
    const hashes = lines.map((line) => leafHash(Buffer.from(line)));
    const kept = existsSync(acknowledged) ? readFileSync(acknowledged, 'utf8') : '';
    const promised = kept.split('\n').slice(0, -1);
    expect(promised.length).toBeGreaterThan(kills);
    const lost = promised.filter((each) => {
      const [id = '', hash] = each.split(' ');
      return hashes[Number(id.slice(id.indexOf(':') + 1))] !== hash;
    });
    expect(lost).toEqual([]);
    const bodies = lines.flatMap((line) => /"by":"([^"]+)"/.exec(line)?.[1] ?? []);
    expect(new Set(bodies).size).toBe(bodies.length);
    const { streams } = await verifyLog(directory, {});
    const problems = streams.flatMap((stream) => stream.problems);
    expect(problems.filter(({ grade }) => grade === 'tampered')).toEqual([]);
    expect(streams).toMatchObject([{ records: lines.length, signed: lines.length, closed: true }]);
  }, 600_000);
});

describe('Two processes on one folder', () => {
  it('write a stream each, and keep what they promised when both are killed', async () => {
    const directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
    const acknowledged = [`${directory}.1`, `${directory}.2`];
    for (let kill = 0; kill < 5; kill += 1) {
      await Promise.all(acknowledged.map((file) => killAtRandom(begin(directory, file, 16))));
      for (const file of acknowledged) cutTorn(file);
    }
    const streams = readStreams(directory, { torn: 'left-out' });
    expect(streams).toHaveLength(2);
    const hashes = new Map<string, string>(
      streams.flatMap((stream) => {
        verifyChain(stream);
        return stream.lines.map(
          (line, seq) => [`${stream.name}:${seq}`, leafHash(Buffer.from(line))] as const,
        );
      }),
    );
    const promised = acknowledged.flatMap((file) =>
      readFileSync(file, 'utf8').split('\n').slice(0, -1),
    );
    expect(promised.length).toBeGreaterThan(10);
    expect(
      promised.filter(
        (each) => hashes.get(each.slice(0, each.indexOf(' '))) !== each.split(' ')[1],
      ),
    ).toEqual([]);
  }, 300_000);
});
