import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The lines of one stream, as they stand on the disk. */
export interface StreamLines {
  readonly name: string;
  readonly folder: string;
  /** The path of the last segment. */
  readonly segment: string;
  readonly lines: readonly string[];
}

/**
 * Every stream of an audit directory, in order.
 *
 * @param options.torn what to do with a last line that has no LF, as a process leaves that was killed
 */
export function readStreams(
  directory: string,
  { torn = 'refused' }: { torn?: 'refused' | 'left-out' } = {},
): StreamLines[] {
  return readdirSync(directory)
    .filter((name) => name !== 'keys')
    .toSorted()
    .map((name) => {
      const folder = join(directory, name);
      const segments = readdirSync(folder)
        .filter((file) => file.startsWith('seg-'))
        .toSorted()
        .map((file) => join(folder, file));
      const text = segments.map((segment) => readFileSync(segment, 'utf8')).join('');
      const lines = text.split('\n');
      if (lines.pop() !== '' && torn === 'refused') throw new Error('the last line has no LF');
      return { name, folder, segment: segments.at(-1) ?? '', lines };
    });
}

/**
 * Checks a stream's chain by the description of the format alone, sharing no code with the package.
 *
 * @returns the records
 */
export function verifyChain({ name, folder, lines }: StreamLines): Record<string, unknown>[] {
  const { publicKey } = JSON.parse(readFileSync(join(folder, 'genesis.json'), 'utf8')) as {
    publicKey: string;
  };
  let prev = sha256('\0', `${name}\n`, Buffer.from(publicKey, 'base64'));
  return lines.map((line, index) => {
    const record = JSON.parse(line) as Record<string, unknown>;
    if (record['v'] !== 1 || record['seq'] !== index || record['id'] !== `${name}:${index}`) {
      throw new Error(`record ${index} is out of place`);
    }
    if (record['prev'] !== prev) throw new Error(`record ${index} does not continue the chain`);
    prev = sha256('\0', line);
    return record;
  });
}

/** Everything that stands in the segments of an audit directory. */
export function auditText(directory: string): string {
  return readStreams(directory)
    .map(({ lines }) => lines.join('\n'))
    .join('\n');
}

/** The records of the only stream of a directory, its chain checked. */
export function verifiedRecords(directory: string): Record<string, unknown>[] {
  const [stream, ...others] = readStreams(directory);
  if (!stream || others.length > 0) throw new Error('one stream was expected');
  return verifyChain(stream);
}

function sha256(...parts: (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
