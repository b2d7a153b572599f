import { HASH_BYTES } from '../merkle/node-hash.js';
import { parseWhole } from './whole-number.js';

const MAX_TEXT = 256 * 1024;
const HEADER = 'c2sp.org/tlog-proof@v1';
const FORM =
  /^c2sp\.org\/tlog-proof@v1\n(?:extra (?<extra>\S+)\n)?index (?<digits>\d+)\n(?<lines>(?:\S{44}\n){0,63})\n(?<checkpoint>[^\n][^]*\n)$/;

/** A proof that a record is in a log, to be kept apart from the log, by c2sp.org/tlog-proof. */
export interface TlogProof {
  /** The place of the record, from 0. */
  readonly index: number;
  /** The proof of inclusion: the leaf's sibling first, at most 63 hashes of 32 bytes. */
  readonly hashes: readonly Buffer[];
  /** The signed note whose text is the checkpoint that the hashes lead to. */
  readonly checkpoint: string;
  /** Data for the reader, not empty. Nothing protects it, so nothing may be trusted because of it. */
  readonly extra?: Buffer;
}

/**
 * Reads a proof without verifying it. To verify it, open the checkpoint with the keys of the log, then hold the
 * hashes and the leaf hash of the record against the checkpoint's root.
 *
 * @param text at most 256 KiB
 * @returns `undefined` for anything but what {@link tlogProofText} writes, in linear time
 * @example
 * const proof = parseTlogProof(text);
 * const note = proof && openNote(proof.checkpoint, keys);
 */
export function parseTlogProof(text: string): TlogProof | undefined {
  if (text.length > MAX_TEXT || !text.isWellFormed()) return undefined;
  const { extra, digits = '', lines = '', checkpoint } = FORM.exec(text)?.groups ?? {};
  const index = parseWhole(digits);
  if (checkpoint === undefined || index === undefined) return undefined;
  const hashes = lines
    .split('\n')
    .slice(0, -1)
    .map((line) => Buffer.from(line, 'base64'));
  const data = extra === undefined ? undefined : Buffer.from(extra, 'base64');
  const proof = { index, hashes, checkpoint, ...(data && { extra: data }) };
  // Writing it again finds every spelling of base64 but one.
  return textOf(proof) === text && hashes.every(isHash) ? proof : undefined;
}

/**
 * Writes a proof. The recommended file extension is `.tlog-proof`.
 *
 * @throws TypeError when a field is unfit
 */
export function tlogProofText(proof: TlogProof): string {
  const text = textOf(proof);
  if (!parseTlogProof(text)) {
    throw new TypeError(
      'a proof has a whole index, at most 63 hashes of 32 bytes, a signed checkpoint, and 256 KiB at most',
    );
  }
  return text;
}

function textOf({ index, hashes, checkpoint, extra }: TlogProof): string {
  const lines = [
    HEADER,
    ...(extra && extra.length > 0 ? [`extra ${extra.toString('base64')}`] : []),
    `index ${index}`,
    ...hashes.map((hash) => hash.toString('base64')),
  ];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

function isHash(bytes: Buffer): boolean {
  return bytes.length === HASH_BYTES;
}
