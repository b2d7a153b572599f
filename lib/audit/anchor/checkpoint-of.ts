import { parseLogCheckpoint, type LogCheckpoint } from '../log/note/log-checkpoint.js';
import { parseNote } from '../log/note/signed-note.js';

/** What a signed note says of a log, its signatures not verified; `undefined` when it is no checkpoint. */
export function checkpointOf(note: string): LogCheckpoint | undefined {
  const text = parseNote(note)?.text;
  return text === undefined ? undefined : parseLogCheckpoint(text);
}

/** @throws TypeError for what is no signed checkpoint of the stream */
export function checkCheckpoint(note: string, stream: string): LogCheckpoint {
  const checkpoint = checkpointOf(note);
  if (checkpoint?.stream === stream) return checkpoint;
  throw new TypeError(`the note must be a signed checkpoint of the stream ${stream}`);
}
