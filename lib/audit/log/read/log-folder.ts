import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../../../common/system-error-code.js';
import { unreadable } from './regular-file.js';

const STREAM = /^(0|[1-9]\d{0,5})-[0-9a-z]{8}$/;
const SEGMENT = /^seg-(\d{16})\.jsonl$/;
const ATTEMPTS = 5;

/** A file of records. */
export interface Segment {
  readonly name: string;
  readonly path: string;
  /** The place of its first record, from its name. */
  readonly first: number;
  /** Its length in bytes when it was listed. */
  readonly size: number;
  /** False for a link, a folder, a pipe or a device with the name of a segment. */
  readonly isRegular: boolean;
}

/** Whether a text is the name of a stream. */
export function isStreamName(text: string): boolean {
  return STREAM.test(text);
}

/**
 * The names of the streams in an audit directory, in their order.
 *
 * @throws AuditError `AUDIT_LOG_UNREADABLE` when it cannot be listed
 */
export async function streamNames(directory: string): Promise<string[]> {
  const names = await namesIn(directory, STREAM);
  return names.toSorted(
    (a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1),
  );
}

/**
 * The segments of a stream with their lengths, in their order. Where one vanishes meanwhile, they are listed anew:
 * the record that tells why may be in a segment that was begun meanwhile.
 *
 * @throws AuditError `AUDIT_LOG_UNREADABLE` when they cannot be listed
 */
export async function segmentsOf(folder: string): Promise<Segment[]> {
  for (let attempt = 1; ; attempt += 1) {
    const { segments, isWhole } = await segmentsNow(folder);
    if (isWhole || attempt === ATTEMPTS) return segments;
  }
}

async function segmentsNow(folder: string): Promise<{ segments: Segment[]; isWhole: boolean }> {
  const names = (await namesIn(folder, SEGMENT)).toSorted();
  const segments: Segment[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const facts = await factsOf(path);
    const first = Number(SEGMENT.exec(name)?.[1]);
    if (facts) segments.push({ name, path, first, ...facts });
  }
  return { segments, isWhole: segments.length === names.length };
}

/** Whether a path is a folder itself, and no link to one. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error))) return false;
    throw unreadable(error, path);
  }
}

async function namesIn(folder: string, pattern: RegExp): Promise<string[]> {
  const names: string[] = [];
  try {
    // One entry after the other: a folder may hold any number of others.
    for await (const { name } of await opendir(folder)) {
      if (pattern.test(name)) names.push(name);
    }
    return names;
  } catch (error) {
    throw unreadable(error, folder);
  }
}

async function factsOf(path: string): Promise<{ size: number; isRegular: boolean } | undefined> {
  try {
    const facts = await lstat(path);
    return { size: facts.size, isRegular: facts.isFile() };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw unreadable(error, path);
  }
}

/**
 * Finds that a folder can be read: a path that is misspelt or not mounted must not pass for an anchor that holds
 * nothing.
 *
 * @throws AuditError `AUDIT_LOG_UNREADABLE`
 */
export async function assertFolder(anchor: string): Promise<void> {
  try {
    await (await opendir(anchor)).close();
  } catch (error) {
    throw unreadable(error, anchor);
  }
}
