import { createHash } from 'node:crypto';
import { closeSync, fdatasyncSync, ftruncateSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { placeOf } from '../chain.js';
import { writeDurablySync } from './durable-sync.js';
import type { OwnRecord } from './own-record.js';
import { readExactly } from './tail.js';

/** Moves what follows the last record that continues the chain into a file of its own. */
export function setAside(folder: string, file: string, from: number, to: number): OwnRecord {
  const fd = openSync(join(folder, file), 'r+');
  try {
    const torn = readExactly(fd, from, to - from);
    const sha256 = createHash('sha256').update(torn).digest('hex');
    const aside = `torn-${from}-${sha256.slice(0, 16)}.bin`;
    writeDurablySync(join(folder, aside), torn);
    ftruncateSync(fd, from);
    fdatasyncSync(fd);
    return {
      event: 'audit_torn_tail',
      // A crash leaves no whole record that does not continue the chain; somebody who changed one does.
      level: holdsRecord(torn) ? 'critical' : 'warn',
      details: { bytes: torn.length, sha256, file: aside },
    };
  } finally {
    closeSync(fd);
  }
}

function holdsRecord(bytes: Buffer): boolean {
  const lines = bytes.toString('latin1').split('\n').slice(0, -1);
  return lines.some((line) => placeOf(Buffer.from(line, 'latin1')) !== undefined);
}
