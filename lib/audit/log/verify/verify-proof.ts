import { leafHash } from '../leaf-hash.js';
import { verifyInclusion } from '../merkle/inclusion-proof.js';
import { parseLogCheckpoint, type LogCheckpoint } from '../note/log-checkpoint.js';
import { parseNoteFile } from '../note/note-file.js';
import { parseNote } from '../note/signed-note.js';
import { parseTlogProof } from '../note/tlog-proof.js';
import { verifierKeyText } from '../note/verifier-key.js';
import { recordPlace } from '../read/record-place.js';
import { readStatements } from './epoch-statements.js';
import { isRecordLine } from './record-line.js';
import type { Trust, TrustedStream } from './trust.js';
import { verifyNotes, type NoteVerdict } from './verify-notes.js';

/** A record, and what proves it. */
export interface ProofToVerify {
  /** The record as it stands in the log, without its LF. */
  readonly line: string | Buffer;
  /** The proof, as text of c2sp.org/tlog-proof. */
  readonly proof: string;
  /** What is known of the log from elsewhere. */
  readonly trust: Trust;
  /**
   * The content of the stream's `epochs.notes`: how the keys followed each other.
   *
   * @default none, which proves what was signed in epoch 0 only
   */
  readonly epochs?: string | Buffer;
}

/** Why a record is not proven. */
export type ProofRefusal =
  'malformed' | 'stream-untrusted' | 'epoch-unknown' | 'not-signed' | 'not-included';

/** Whether a record is proven, and by which checkpoint. */
export type ProofVerdict =
  | {
      readonly isProven: true;
      /** The record's id. */
      readonly id: string;
      /** The checkpoint that covers it. */
      readonly checkpoint: LogCheckpoint;
      /** When a trusted witness has seen that checkpoint, in seconds since 1970. */
      readonly witnessedAt?: number;
    }
  | { readonly isProven: false; readonly reason: ProofRefusal };

/**
 * Verifies a record that was taken out of a log with its proof: that it stands at its place in a tree whose root
 * was signed by the key of its epoch, and that this key follows from the trusted one. Never throws. O(epochs).
 *
 * @example
 * const verdict = verifyProof({ line, proof, trust, epochs: await readFile('./evidence/0-9q3k1z0c/epochs.notes') });
 */
export function verifyProof({ line, proof, trust, epochs }: ProofToVerify): ProofVerdict {
  const bytes = bytesOf(line);
  const place = isRecordLine(bytes) ? recordPlace(bytes) : undefined;
  const parsed = parseTlogProof(proof);
  const checkpoint = parsed && parseLogCheckpoint(parseNote(parsed.checkpoint)?.text ?? '');
  if (!place || !parsed || checkpoint?.stream !== place.stream || parsed.index !== place.seq)
    return refused('malformed');
  const trusted = trust.streams.find(({ stream }) => stream === place.stream);
  if (!trusted) return refused('stream-untrusted');
  const key = epochKey(trusted, trust, checkpoint.epoch, bytesOf(epochs ?? ''));
  if (!key) return refused('epoch-unknown');
  const signer = { epoch: checkpoint.epoch, key };
  const [signed] = verdictsOn(trusted, trust, [{ note: parsed.checkpoint, signer }]);
  if (!signed?.isSigned) return refused('not-signed');
  const { index, hashes } = parsed;
  const leaf = Buffer.from(leafHash(bytes), 'hex');
  const { size, root } = checkpoint;
  if (!verifyInclusion({ index, size, leaf, root, proof: hashes })) return refused('not-included');
  const { witnessedAt } = signed;
  const id = `${place.stream}:${place.seq}`;
  return { isProven: true, id, checkpoint, ...(witnessedAt !== undefined && { witnessedAt }) };
}

function bytesOf(data: string | Buffer): Buffer {
  return typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
}

function refused(reason: ProofRefusal): ProofVerdict {
  return { isProven: false, reason };
}

/** The key of an epoch, as it follows from the first one. */
function epochKey(
  trusted: TrustedStream,
  trust: Trust,
  epoch: number,
  file: Buffer,
): Buffer | undefined {
  const notes = parseNoteFile(file).notes.slice(0, epoch);
  const first = { epoch: 0, key: trusted.epochKey, size: 0 };
  const placed = notes.map((note) => ({ note, offset: 0 }));
  const { statements, end } = readStatements(placed, trusted.stream, first);
  const verdicts = verdictsOn(trusted, trust, statements);
  return end.epoch === epoch && verdicts.every(({ isSigned }) => isSigned) ? end.key : undefined;
}

function verdictsOn(
  { stream, identity }: TrustedStream,
  { recovery, witnesses }: Trust,
  notes: Parameters<typeof verifyNotes>[0]['notes'],
): readonly NoteVerdict[] {
  return verifyNotes({
    kind: 'notes',
    stream,
    notes,
    identity: verifierKeyText(identity),
    ...(recovery && { recovery: verifierKeyText(recovery) }),
    witnesses: witnesses.map(verifierKeyText),
  }).verdicts;
}
