import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { findLogEnd } from '../../lib/audit/log/writer/log-end.js';
import { listSegments } from '../../lib/audit/log/writer/segment-names.js';
import { mendEnd } from '../../lib/audit/log/writer/torn-tail.js';
import { verifyChain } from '../support/audit-chain.js';
import { crashedLog, onlyStream } from '../support/crashed-log.js';

const TORN = '{"v":1,"seq":3,"prev":"';

/** What a start leaves that is killed when it has cut a torn end off and not yet recorded it. */
async function cutAndKilled(torn = TORN): Promise<string> {
  const directory = await crashedLog(3);
  appendFileSync(onlyStreamWithTail(directory).segment, torn);
  mend(directory);
  return directory;
}

function onlyStreamWithTail(directory: string): { folder: string; segment: string } {
  const [name = ''] = readdirSync(directory).filter((each) => each !== 'keys');
  const folder = join(directory, name);
  const [segment = ''] = readdirSync(folder).filter((each) => each.startsWith('seg-'));
  return { folder, segment: join(folder, segment) };
}

function mend(directory: string): void {
  const { folder } = onlyStreamWithTail(directory);
  mendEnd(folder, findLogEnd(folder, listSegments(folder), ''));
}

async function startAndClose(directory: string): Promise<void> {
  const log = new FileAuditLog(directory, { writer: 'inline', limits: { reserveBytes: 0 } });
  await log.open();
  await log.close();
}

const digest = (torn: string): string => createHash('sha256').update(torn).digest('hex');

const told = (directory: string): unknown[] =>
  verifyChain(onlyStream(directory)).flatMap(({ event, details }) =>
    event === 'audit_torn_tail' ? [details] : [],
  );

describe('A torn end that was cut off by a start that was killed before it had recorded it', () => {
  it('is recorded by the next start, once', async () => {
    const directory = await cutAndKilled();
    const { folder } = onlyStream(directory);
    const [file = ''] = readdirSync(folder).filter((name) => name.startsWith('torn-'));
    expect(readFileSync(join(folder, file), 'utf8')).toBe(TORN);
    for (let starts = 0; starts < 3; starts += 1) await startAndClose(directory);
    expect(told(directory)).toEqual([{ bytes: TORN.length, sha256: digest(TORN), file }]);
  });

  it('is recorded beside the one that was left meanwhile', async () => {
    const directory = await cutAndKilled();
    const other = `${TORN}00`;
    appendFileSync(onlyStream(directory).segment, other);
    await startAndClose(directory);
    const recorded = told(directory);
    expect(recorded).toHaveLength(2);
    expect(recorded).toEqual(
      expect.arrayContaining(
        [TORN, other].map((torn) => expect.objectContaining({ sha256: digest(torn) })),
      ),
    );
  });

  it('is recorded once where it is still in its segment', async () => {
    const directory = await cutAndKilled();
    appendFileSync(onlyStream(directory).segment, TORN);
    await startAndClose(directory);
    expect(told(directory)).toHaveLength(1);
  });
});

describe('A start', () => {
  it('does not hang on files that only have the name of a torn end', async () => {
    const directory = await crashedLog(3);
    const { folder } = onlyStream(directory);
    const path = (hex: string): string => join(folder, `torn-3-${hex.repeat(16)}.bin`);
    writeFileSync(path('0'), 'something else');
    mkdirSync(path('1'));
    writeFileSync(path('2'), '');
    chmodSync(path('2'), 0);
    await startAndClose(directory);
    expect(told(directory)).toEqual([]);
  });
});
