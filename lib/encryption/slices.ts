import { decodePaddedBase64Url, encodePaddedBase64Url } from '../common/encoding.js';
import type { LoopTurns } from './loop-turns.js';
import { checkIsData, illFormed, tooLarge } from './plaintext.js';

/** Whole blocks and whole groups of base64. A slice keeps the loop for a millisecond or so. */
const SLICE_BYTES = 192 * 1024;
const SLICE_CHARACTERS = (SLICE_BYTES / 3) * 4;

/** How sliced work takes turns with the loop, and how it is ended. */
export interface Slicing {
  readonly turns: LoopTurns;
  readonly signal?: AbortSignal | undefined;
}

/** Cuts bytes without copying them. */
export function bytesInSlices(bytes: Uint8Array): Uint8Array[] {
  const count = Math.ceil(bytes.length / SLICE_BYTES);
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * SLICE_BYTES, (index + 1) * SLICE_BYTES),
  );
}

/** Data to encrypt, cut; text is made UTF-8 when its turn comes. */
export interface SlicedData {
  readonly slices: readonly (string | Uint8Array)[];
  /** Of all slices together. */
  readonly bytes: number;
}

/**
 * Cuts data to encrypt.
 *
 * @throws TypeError for anything that is not text or bytes
 * @throws EncryptionError `ENC_TEXT_ILL_FORMED`, `ENC_PLAINTEXT_TOO_LARGE`; the signal's reason
 */
export async function cutData(
  data: string | Uint8Array,
  maxBytes: number,
  slicing: Slicing,
): Promise<SlicedData> {
  checkIsData(data);
  // No text has fewer bytes than UTF-16 units.
  if (data.length > maxBytes) throw tooLarge(maxBytes);
  return typeof data === 'string'
    ? cutText(data, maxBytes, slicing)
    : { slices: bytesInSlices(data), bytes: data.length };
}

async function cutText(
  text: string,
  maxBytes: number,
  { turns, signal }: Slicing,
): Promise<SlicedData> {
  const slices: string[] = [];
  let bytes = 0;
  for (let [from, to] = [0, 0]; from < text.length; from = to) {
    await turns.next(signal);
    to = endOfSlice(text, from + SLICE_BYTES);
    const slice = text.slice(from, to);
    if (!slice.isWellFormed()) throw illFormed();
    bytes += Buffer.byteLength(slice, 'utf8');
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    slices.push(slice);
  }
  return { slices, bytes };
}

/** Never between the two halves of a surrogate pair. */
function endOfSlice(text: string, end: number): number {
  const unit = text.charCodeAt(end - 1);
  return unit >= 0xd800 && unit <= 0xdbff ? end + 1 : end;
}

/** Encodes as padded base64url. The text is a rope: the engine joins it when it is first read. */
export async function encodeInSlices(bytes: Buffer, { turns, signal }: Slicing): Promise<string> {
  let text = '';
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    await turns.next(signal);
    text += encodePaddedBase64Url(bytes.subarray(at, at + SLICE_BYTES));
  }
  return text;
}

/** Decodes padded base64url as strictly as {@link decodePaddedBase64Url}; `undefined` for anything else. */
export async function decodeInSlices(
  text: string,
  { turns, signal }: Slicing,
): Promise<Buffer | undefined> {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : Number(text.endsWith('='));
  const bytes = Buffer.allocUnsafe((text.length / 4) * 3 - padding);
  for (let at = 0; at < text.length; at += SLICE_CHARACTERS) {
    await turns.next(signal);
    const slice = decodePaddedBase64Url(text.slice(at, at + SLICE_CHARACTERS));
    const to = (at / 4) * 3;
    // Only the last slice may end in padding, which makes it shorter.
    if (slice?.length !== Math.min(SLICE_BYTES, bytes.length - to)) return undefined;
    bytes.set(slice, to);
  }
  return bytes;
}
