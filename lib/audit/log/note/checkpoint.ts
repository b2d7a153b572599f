import { decodeBase64 } from '../../../common/encoding.js';
import { HASH_BYTES } from '../merkle/node-hash.js';
import { isNoteText } from './signed-note.js';
import { parseWhole } from './whole-number.js';

/** What a log says about itself, by c2sp.org/tlog-checkpoint: the text of a signed note. */
export interface Checkpoint {
  /** Which log it is. Not empty. */
  readonly origin: string;
  /** The number of leaves. */
  readonly size: number;
  /** The root of the Merkle tree at this size, 32 bytes. */
  readonly root: Buffer;
  /** Further lines, none of them empty. */
  readonly extensions: readonly string[];
}

/**
 * Reads a checkpoint.
 *
 * @param text the text of a note, with its last LF
 * @returns `undefined` for anything but what {@link checkpointText} writes
 */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  if (!isNoteText(text)) return undefined;
  const [origin = '', digits = '', encoded = '', ...extensions] = text.slice(0, -1).split('\n');
  const size = parseWhole(digits);
  const root = decodeBase64(encoded);
  if (origin === '' || size === undefined || root?.length !== HASH_BYTES) return undefined;
  return extensions.includes('') ? undefined : { origin, size, root, extensions };
}

/**
 * Writes a checkpoint.
 *
 * @throws TypeError when a field is unfit, such as a line break in the origin
 */
export function checkpointText({ origin, size, root, extensions }: Checkpoint): string {
  const lines = [origin, String(size), root.toString('base64'), ...extensions];
  const text = lines.map((line) => `${line}\n`).join('');
  // A line break in a field makes more lines, so more extensions.
  if (parseCheckpoint(text)?.extensions.length !== extensions.length) {
    throw new TypeError(
      'a checkpoint needs an origin, a whole size, a root of 32 bytes and no empty lines',
    );
  }
  return text;
}
