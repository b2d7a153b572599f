import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A line of an audit log, as far as tests look at it. */
export interface ChainedRecord {
  readonly seq: number;
  readonly prev: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

/** Everything that stands in the segments of an audit directory. */
export function auditText(directory: string): string {
  return streamsIn(directory)
    .map((stream) => streamText(join(directory, stream)))
    .join('');
}

/**
 * Reads the only stream of an audit directory and checks its chain, with nothing of the code that wrote it.
 *
 * @throws Error naming the first record that does not continue the one before it
 */
export function verifiedRecords(directory: string): ChainedRecord[] {
  const streams = streamsIn(directory);
  const [stream = ''] = streams;
  if (streams.length !== 1) throw new Error(`one stream expected, found: ${streams.join(' ')}`);
  const genesis: { publicKey: string } = JSON.parse(
    readFileSync(join(directory, stream, 'genesis.json'), 'utf8'),
  );
  const publicKey = Buffer.from(genesis.publicKey, 'base64');
  const text = streamText(join(directory, stream));
  if (!text.endsWith('\n')) throw new Error('the log ends within a line');
  let prev = sha256(Buffer.from([0x00]), Buffer.from(stream), Buffer.from([0x0a]), publicKey);
  return text
    .slice(0, -1)
    .split('\n')
    .map((line, index) => {
      const record: ChainedRecord = JSON.parse(line);
      if (record.seq !== index || record.prev !== prev) {
        throw new Error(`record ${index} does not continue the chain`);
      }
      prev = sha256(Buffer.from([0x00]), Buffer.from(line));
      return record;
    });
}

function streamsIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => /^\d+-/.test(name));
}

function streamText(folder: string): string {
  return readdirSync(folder)
    .filter((name) => /^seg-.*\.jsonl$/.test(name))
    .toSorted()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');
}

function sha256(...parts: readonly Uint8Array[]): string {
  return createHash('sha256').update(Buffer.concat(parts)).digest('hex');
}
