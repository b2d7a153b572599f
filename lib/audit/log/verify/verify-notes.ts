import { setImmediate as turn } from 'node:timers/promises';
import { epochKeyName } from '../note/log-checkpoint.js';
import { openNote } from '../note/signed-note.js';
import { parseVerifierKey, verifierKey, type VerifierKey } from '../note/verifier-key.js';

/** A few milliseconds of signatures. */
const NOTES_AT_ONCE = 16;

/** Signed notes of one stream, to be verified. */
export interface NotesTask {
  readonly kind: 'notes';
  readonly stream: string;
  readonly notes: readonly NoteToVerify[];
  /** The verifier keys, as texts: of the identity, … */
  readonly identity?: string;
  /** … of whoever may sign for a lost epoch key, … */
  readonly recovery?: string;
  /** … and of the witnesses that are trusted. */
  readonly witnesses: readonly string[];
}

/** A note, and who has to have signed it. */
export interface NoteToVerify {
  readonly note: string;
  /** The key of its epoch; for a statement that replaces a lost key, the recovery key signs instead. */
  readonly signer: { readonly epoch: number; readonly key: Uint8Array } | 'recovery';
}

/** What the signatures of a note are worth. */
export interface NoteVerdict {
  /**
   * Whether the key of its epoch signed, and no known key's signature fails. The identity key is for witnesses:
   * it never turns, so it neither suffices nor is it needed.
   */
  readonly isSigned: boolean;
  /** The newest time of a trusted witness, in seconds. */
  readonly witnessedAt?: number;
}

/** The verdicts on the notes of a task, in their order. */
export interface NotesResult {
  readonly kind: 'notes';
  readonly verdicts: readonly NoteVerdict[];
}

/** Verifies the signatures of notes. What they say is another matter. */
export function verifyNotes(task: NotesTask): NotesResult {
  const identity = task.identity === undefined ? undefined : parseVerifierKey(task.identity);
  const recovery = task.recovery === undefined ? undefined : parseVerifierKey(task.recovery);
  const witnesses = task.witnesses.flatMap((text) => parseVerifierKey(text) ?? []);
  const verdicts = task.notes.map(({ note, signer }) => {
    const author = signer === 'recovery' ? recovery : epochKey(task.stream, signer);
    return verdictOn(note, author, [...(identity ? [identity] : []), ...witnesses]);
  });
  return { kind: 'notes', verdicts };
}

/** The same a few notes at a time, so that the thread answers others in between. */
export async function verifyNotesInTurns(task: NotesTask): Promise<NotesResult> {
  const verdicts: NoteVerdict[] = [];
  for (let at = 0; at < task.notes.length; at += NOTES_AT_ONCE) {
    const notes = task.notes.slice(at, at + NOTES_AT_ONCE);
    verdicts.push(...verifyNotes({ ...task, notes }).verdicts);
    await turn();
  }
  return { kind: 'notes', verdicts };
}

function epochKey(
  stream: string,
  { epoch, key }: { readonly epoch: number; readonly key: Uint8Array },
): VerifierKey {
  return verifierKey(epochKeyName(stream, epoch), Buffer.from(key));
}

function verdictOn(
  note: string,
  author: VerifierKey | undefined,
  others: readonly VerifierKey[],
): NoteVerdict {
  if (!author) return { isSigned: false };
  const verified = openNote(note, [author, ...others])?.verified ?? [];
  const isSigned = verified.some(({ key }) => key === author);
  const times = verified.flatMap(({ time }) => time ?? []);
  return { isSigned, ...(times.length > 0 && { witnessedAt: Math.max(...times) }) };
}
