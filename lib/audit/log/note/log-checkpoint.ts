import { checkpointText, parseCheckpoint } from './checkpoint.js';
import { PUBLIC_KEY_BYTES } from './verifier-key.js';
import { parseWhole } from './whole-number.js';

const ORIGIN = 'nestjs-security/audit/';
const STREAM = /^(?:0|[1-9]\d{0,5})-[0-9a-z]{8}$/;
const TIME_LENGTH = '1970-01-01T00:00:00.000Z'.length;
const EXTENSIONS =
  /^epoch (?<epoch>\d+)\ntime (?<time>\S+)(?:\nnext (?<next>\S+)|\nreseed (?<reseed>\S+)|\n(?<closed>closed))?$/;

/** A checkpoint of an audit stream. At most one of `next`, `reseed` and `closed` is there. */
export interface LogCheckpoint {
  /** The name of the stream. */
  readonly stream: string;
  /** The number of records. */
  readonly size: number;
  /** The root of the Merkle tree over them, 32 bytes. */
  readonly root: Buffer;
  /** The epoch in which it was signed, from 0. */
  readonly epoch: number;
  /** When it was signed: ISO 8601 in UTC with milliseconds. */
  readonly time: string;
  /** It ends its epoch: the public key of the next one, 32 bytes. */
  readonly next?: Buffer;
  /** It ends an epoch whose key was lost: the public key of the next one, 32 bytes. */
  readonly reseed?: Buffer;
  /** It is the last one before the log was closed. */
  readonly closed?: true;
}

/** The origin of a stream's checkpoints, and the name of its identity key. */
export function originOf(stream: string): string {
  return `${ORIGIN}${stream}`;
}

/** The name of the key that signs in an epoch of a stream. */
export function epochKeyName(stream: string, epoch: number): string {
  return `${originOf(stream)}/epoch/${epoch}`;
}

/**
 * Writes a checkpoint of an audit stream.
 *
 * @throws TypeError when a field is unfit
 */
export function logCheckpointText(checkpoint: LogCheckpoint): string {
  const fault = faultOf(checkpoint);
  if (fault !== undefined) throw new TypeError(`a checkpoint of an audit stream has ${fault}`);
  const { stream, size, root, epoch, time } = checkpoint;
  const extensions = [`epoch ${epoch}`, `time ${time}`, ...purposeOf(checkpoint)];
  return checkpointText({ origin: originOf(stream), size, root, extensions });
}

/** What a checkpoint is for, when it is not just one of many. */
function purposeOf({ next, reseed, closed }: LogCheckpoint): string[] {
  return [
    ...(next ? [`next ${next.toString('base64')}`] : []),
    ...(reseed ? [`reseed ${reseed.toString('base64')}`] : []),
    ...(closed ? ['closed'] : []),
  ];
}

function faultOf(checkpoint: LogCheckpoint): string | undefined {
  const { stream, epoch, time, next, reseed } = checkpoint;
  if (!STREAM.test(stream)) return 'the name of a stream';
  if (!Number.isSafeInteger(epoch) || epoch < 0) return 'a whole epoch';
  if (!isTime(time)) return 'a time in ISO 8601, in UTC with milliseconds';
  if ([next, reseed].some((key) => key && key.length !== PUBLIC_KEY_BYTES))
    return 'keys of 32 bytes';
  return purposeOf(checkpoint).length > 1 ? 'at most one of next, reseed and closed' : undefined;
}

/** Not everything that reads dates knows a year 0. */
function isTime(text: string): boolean {
  if (text.length !== TIME_LENGTH || text.startsWith('0000')) return false;
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
}

/**
 * Reads a checkpoint of an audit stream.
 *
 * @param text the text of a note, with its last LF
 * @returns `undefined` for anything but what {@link logCheckpointText} writes, to the byte
 */
export function parseLogCheckpoint(text: string): LogCheckpoint | undefined {
  const { origin, size, root, extensions = [] } = parseCheckpoint(text) ?? {};
  const {
    epoch: digits = '',
    time,
    ...purpose
  } = EXTENSIONS.exec(extensions.join('\n'))?.groups ?? {};
  const epoch = parseWhole(digits);
  if (origin === undefined || size === undefined || !root) return undefined;
  if (epoch === undefined || time === undefined) return undefined;
  const stream = origin.slice(ORIGIN.length);
  const checkpoint = { stream, size, root, epoch, time, ...readPurpose(purpose) };
  // Writing it again finds every spelling that the reading above lets pass.
  const isWritten = faultOf(checkpoint) === undefined && logCheckpointText(checkpoint) === text;
  return isWritten ? checkpoint : undefined;
}

function readPurpose(groups: Partial<Record<string, string>>): Partial<LogCheckpoint> {
  const { next, reseed, closed } = groups;
  return {
    ...(next !== undefined && { next: Buffer.from(next, 'base64') }),
    ...(reseed !== undefined && { reseed: Buffer.from(reseed, 'base64') }),
    ...(closed !== undefined && { closed: true }),
  };
}
