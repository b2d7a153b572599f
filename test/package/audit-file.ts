import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Line {
  readonly event: string;
  readonly prev: string;
}

/**
 * The events in the only segment of an audit folder, oldest first.
 *
 * @throws Error when a line does not carry the hash of the one before
 */
export function eventsInAuditFolder(folder: string): string[] {
  const segments = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.jsonl'),
  );
  const [segment = ''] = segments;
  const lines = readFileSync(join(folder, segment), 'utf8').trimEnd().split('\n');
  return lines.map((line, index) => {
    const { event, prev } = JSON.parse(line) as Line;
    const before = lines[index - 1];
    if (before !== undefined && prev !== leafHash(before)) throw new Error(`broken chain: ${line}`);
    return event;
  });
}

function leafHash(line: string): string {
  return createHash('sha256').update(Buffer.of(0)).update(line).digest('hex');
}
