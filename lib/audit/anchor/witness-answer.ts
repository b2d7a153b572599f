import { addSignatures, openNote, parseNote } from '../log/note/signed-note.js';
import type { VerifierKey } from '../log/note/verifier-key.js';
import type { WitnessAnswer } from './witness-exchange.js';

const SIZE_TYPE = 'text/x.tlog.size';
const SIZE = /^(0|[1-9]\d{0,15})\n$/;

/** The size that a witness holds, by its answer 409; `undefined` when it does not say. */
export function sizeIn({ mediaType, body }: WitnessAnswer): number | undefined {
  const [, digits] = SIZE.exec(body) ?? [];
  const size = Number(digits);
  return mediaType === SIZE_TYPE && Number.isSafeInteger(size) ? size : undefined;
}

/**
 * Adds the cosignatures of a witness to a note, by c2sp.org/tlog-witness: signature lines of other keys are left
 * out.
 *
 * @param lines what the witness answered
 * @returns the note with the lines of the key; `undefined` when there is none that holds and tells its time
 */
export function cosigned(note: string, lines: string, key: VerifierKey): string | undefined {
  // Read below a text of our own: the answer may hold signature lines, and nothing else.
  const answered = parseNote(`-\n\n${lines}`);
  if (answered?.text !== '-\n') return undefined;
  const rows = lines.split(/(?<=\n)/);
  const own = rows.filter((_, index) => {
    const signature = answered.signatures[index];
    return signature?.name === key.name && signature.id.equals(key.id);
  });
  if (own.length === 0) return undefined;
  const result = addSignatures(note, own.join(''));
  const time = openNote(result, [key])?.verified[0]?.time;
  return time !== undefined && time > 0 ? result : undefined;
}
