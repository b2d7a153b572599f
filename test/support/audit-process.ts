/*
 * A process that records as fast as its callers can, and notes every acknowledged record in a file. Run with
 * the log's directory, the file, and the number of callers; it goes on until it is killed.
 */
import { openSync, writeSync } from 'node:fs';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';

const [, , directory = '', acknowledged = '', callers = '1'] = process.argv;

async function run(): Promise<void> {
  const log = new FileAuditLog(directory, { limits: { reserveBytes: 0, epochMs: 200 } });
  await log.open();
  const file = openSync(acknowledged, 'a');
  process.stdout.write('ready\n');
  const record = async (caller: number): Promise<never> => {
    for (let n = 0; ; n += 1) {
      const body = `"time":"2026-11-23T00:00:00.000Z","event":"e","details":{"by":"${process.pid}-${caller}-${n}"}}`;
      const { id, leafHash } = await log.append(body);
      writeSync(file, `${id} ${leafHash}\n`);
    }
  };
  await Promise.all(Array.from({ length: Number(callers) }, (_, caller) => record(caller)));
}

void run();
