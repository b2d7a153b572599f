import { leafHash } from '../leaf-hash.js';
import { verifyInclusion } from '../merkle/inclusion-proof.js';
import { parseLogCheckpoint, type LogCheckpoint } from '../note/log-checkpoint.js';
import { parseNoteFile } from '../note/note-file.js';
import { parseNote } from '../note/signed-note.js';
import { parseTlogProof } from '../note/tlog-proof.js';
import { verifierKeyText } from '../note/verifier-key.js';
import { recordPlace } from '../read/record-place.js';
import { isOfItsEpoch } from './epoch-fault.js';
import { EpochLedger } from './epoch-ledger.js';
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
   * The content of the stream's `epochs.notes`: how the keys followed each other, and at which sizes. With that of
   * a later day, what is signed by a key that was stolen after its epoch had ended proves nothing.
   *
   * @default none, which proves what was signed in epoch 0 only
   */
  readonly epochs?: string | Buffer;
}

/** Why a record is not proven. `epoch-mismatch`: its checkpoint has a size or an end that its epoch has not. */
export type ProofRefusal =
  | 'malformed'
  | 'stream-untrusted'
  | 'epoch-unknown'
  | 'epoch-mismatch'
  | 'not-signed'
  | 'not-included';

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
  const { epoch } = checkpoint;
  const ledger = ledgerThrough(epoch, trusted, trust, bytesOf(epochs ?? ''));
  if (epoch > ledger.count) return refused('epoch-unknown');
  // Whoever stole the key of an epoch that has ended can sign any size with it.
  if (!isOfItsEpoch(checkpoint, ledger)) return refused('epoch-mismatch');
  const signer = { epoch, key: ledger.keyOf(epoch) };
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

/** The epochs up to one and its end, as far as statements that are signed tell them. */
function ledgerThrough(
  epoch: number,
  trusted: TrustedStream,
  trust: Trust,
  file: Buffer,
): EpochLedger {
  const notes = parseNoteFile(file).notes.slice(0, epoch + 1);
  const first = { epoch: 0, key: trusted.epochKey, size: 0 };
  const placed = notes.map((note) => ({ note, offset: 0 }));
  const { statements } = readStatements(placed, trusted.stream, first);
  const verdicts = verdictsOn(trusted, trust, statements);
  const ledger = new EpochLedger(trusted.epochKey);
  for (const [index, { checkpoint, nextKey }] of statements.entries()) {
    if (verdicts[index]?.isSigned !== true) break;
    ledger.end(checkpoint.size, nextKey);
  }
  return ledger;
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
