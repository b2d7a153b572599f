import { join } from 'node:path';
import { damaged } from '../file-audit-log.errors.js';
import { epochKeyName, parseLogCheckpoint, type LogCheckpoint } from '../note/log-checkpoint.js';
import { MAX_NOTE_BYTES, openNote } from '../note/signed-note.js';
import { verifierKey } from '../note/verifier-key.js';
import { readRegularSync } from '../read/regular-file-sync.js';
import type { EpochKeys } from './epoch-keys.js';
import type { EpochStatements } from './epoch-statements.js';

/** What was signed last, as far as this host can tell. */
export interface SignedState {
  readonly size: number;
  readonly root: Buffer;
  /** Whether the last run ended with a checkpoint over everything. */
  readonly isClosed: boolean;
  /** The epoch of the checkpoint, which may be the one before the current. */
  readonly epoch: number;
}

/**
 * Reads the checkpoint of the last run. After a crash between the end of an epoch and the next
 * checkpoint, the statement is the newer of the two.
 *
 * @throws AuditError `AUDIT_LOG_DAMAGED` when there is none, or none that this log has signed
 */
export function signedState(
  folder: string,
  stream: string,
  keys: EpochKeys,
  statements: EpochStatements,
): SignedState {
  const checkpoint = readCheckpoint(folder, stream, keys);
  const { last } = statements;
  const isCurrent = checkpoint.epoch === keys.epoch;
  if (!isCurrent && checkpoint.epoch !== keys.epoch - 1) {
    throw damaged(folder, 'the checkpoint is of another epoch');
  }
  const newest = last && (!isCurrent || last.size > checkpoint.size) ? last : checkpoint;
  const isClosed = checkpoint.closed === true && checkpoint.size === newest.size;
  return { size: newest.size, root: newest.root, isClosed, epoch: checkpoint.epoch };
}

function readCheckpoint(folder: string, stream: string, keys: EpochKeys): LogCheckpoint {
  const bytes = readRegularSync(join(folder, 'checkpoint'), MAX_NOTE_BYTES);
  if (typeof bytes === 'string') throw damaged(folder, `the checkpoint is ${bytes}`);
  const text = textOf(bytes.toString('utf8'), keys, stream);
  const checkpoint = text === undefined ? undefined : parseLogCheckpoint(text);
  if (checkpoint?.stream !== stream) throw damaged(folder, 'the checkpoint is not of this log');
  return checkpoint;
}

/** Of an epoch that has just ended, the key is gone: its statement stands in for the signature. */
function textOf(note: string, keys: EpochKeys, stream: string): string | undefined {
  const key = verifierKey(epochKeyName(stream, keys.epoch), keys.publicKey);
  const opened = openNote(note, [key]);
  if (opened) return opened.text;
  const text = note.slice(0, note.indexOf('\n\n') + 1);
  return parseLogCheckpoint(text)?.epoch === keys.epoch - 1 ? text : undefined;
}
