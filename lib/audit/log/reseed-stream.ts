import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { AuditError } from '../../errors/audit.error.js';
import { damaged } from './file-audit-log.errors.js';
import { EMPTY_ROOT } from './merkle/node-hash.js';
import {
  logCheckpointText,
  parseLogCheckpoint,
  type LogCheckpoint,
} from './note/log-checkpoint.js';
import { noteSigner, rawPublicKey } from './note/note-signer.js';
import { MAX_NOTE_BYTES, parseNote, signNote } from './note/signed-note.js';
import { isFolder, isStreamName } from './read/log-folder.js';
import { readRegularSync } from './read/regular-file-sync.js';
import { RECOVERY_KEY_NAME } from './recovery-key-name.js';
import { lockStream } from './stream-lock.js';
import { readGenesis } from './stream.js';
import { privateKeyPem, epochKeyPath, type KeyPlace } from './writer/epoch-keys.js';
import { syncFolderSync, writeDurablySync } from './writer/durable-sync.js';
import { EpochStatements } from './writer/epoch-statements.js';
import { FrontierCache } from './writer/frontier-cache.js';
import { findLogEnd } from './writer/log-end.js';
import { restoreFrontier } from './writer/restore-frontier.js';
import { listSegments } from './writer/segment-names.js';

/** Which stream to continue, and with which key. */
export interface ReseedOptions extends KeyPlace {
  readonly directory: string;
  /** The private half of the recovery key, Ed25519. */
  readonly recoveryKey: KeyObject;
}

/**
 * Continues a stream whose epoch key was lost: the recovery key signs the log as it is and the first key of a
 * new epoch. Whoever verifies needs the recovery key's public half in the trust file.
 *
 * @returns the statement that was signed
 * @throws AuditError `AUDIT_STREAM_IN_USE`, `AUDIT_EPOCH_KEY_PRESENT` when nothing was lost,
 * `AUDIT_LOG_DAMAGED` when the log does not hold what was signed last, `AUDIT_LOG_UNREADABLE` without such a stream
 */
export async function reseedStream(options: ReseedOptions): Promise<LogCheckpoint> {
  const folder = join(options.directory, options.stream);
  if (!isStreamName(options.stream) || !(await isFolder(folder))) throw unknownStream(folder);
  const lock = await lockStream(folder);
  if (!lock) {
    const message = `the audit stream ${options.stream} is written by a process: stop it first`;
    throw new AuditError('AUDIT_STREAM_IN_USE', message);
  }
  try {
    return await reseed(folder, options);
  } finally {
    await lock.release();
  }
}

function unknownStream(folder: string): AuditError {
  const message = `there is no audit stream ${JSON.stringify(folder)}: give the audit directory and the name of a stream in it`;
  return new AuditError('AUDIT_LOG_UNREADABLE', message);
}

async function reseed(folder: string, options: ReseedOptions): Promise<LogCheckpoint> {
  const { stream, keyFolder, recoveryKey } = options;
  const statements = new EpochStatements(folder, stream);
  const epoch = statements.count;
  if (existsSync(epochKeyPath(options, epoch))) {
    const message = `the key of epoch ${epoch} of the audit stream ${stream} is there: only a lost key can be replaced`;
    throw new AuditError('AUDIT_EPOCH_KEY_PRESENT', message);
  }
  const { size, root } = await stateOf(folder, stream, statements);
  const { privateKey } = generateKeyPairSync('ed25519');
  const path = epochKeyPath({ keyFolder, stream }, epoch + 1);
  writeDurablySync(`${path}.next`, privateKeyPem(privateKey));
  syncFolderSync(keyFolder);
  const time = new Date().toISOString();
  const statement = { stream, size, root, epoch, time, reseed: rawPublicKey(privateKey) };
  const signer = noteSigner(RECOVERY_KEY_NAME, recoveryKey);
  statements.append(signNote(logCheckpointText(statement), [signer]), statement);
  statements.close();
  renameSync(`${path}.next`, path);
  syncFolderSync(keyFolder);
  return statement;
}

/** The log as it is, once it is sure that it holds what was signed last. */
async function stateOf(
  folder: string,
  stream: string,
  statements: EpochStatements,
): Promise<{ size: number; root: Buffer }> {
  const genesis = await readGenesis(folder, stream);
  const { segments, end } = findLogEnd(folder, listSegments(folder), genesis);
  const { nextSeq } = end;
  const bytes = readRegularSync(join(folder, 'checkpoint'), MAX_NOTE_BYTES);
  const note = typeof bytes === 'string' ? undefined : parseNote(bytes);
  const checkpoint = note && parseLogCheckpoint(note.text);
  const { last } = statements;
  const newest = checkpoint && checkpoint.size >= (last?.size ?? 0) ? checkpoint : last;
  if (newest && newest.size > nextSeq) throw damaged(folder, 'records are missing at the end');
  const signed = { size: newest?.size ?? 0, root: newest?.root ?? EMPTY_ROOT };
  const cache = new FrontierCache(folder);
  const frontier = await restoreFrontier({ folder, segments }, cache, signed, nextSeq);
  return { size: frontier.size, root: frontier.root() };
}
