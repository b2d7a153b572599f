import { isUtf8 } from 'node:buffer';
import { decodeBase64 } from '../../../common/encoding.js';
import { isKeyName } from './key-name.js';
import type { NoteSigner } from './note-signer.js';
import { KEY_ID_BYTES, verifierKeyText, type VerifierKey } from './verifier-key.js';
import { verifySignature, type VerifiedSignature } from './verify-signature.js';

/** The largest note that is read, in bytes. */
export const MAX_NOTE_BYTES = 64 * 1024;
const MAX_SIGNATURES = 100;
const LF = 0x0a;
const SPACE = 0x20;
const DASH = '\u2014';

/** A signature of a note, not verified. */
export interface NoteSignature {
  /** The key name. */
  readonly name: string;
  /** The key id, 4 bytes. */
  readonly id: Buffer;
  /** What follows the key id: the signature, for a cosignature with its time before it. */
  readonly signature: Buffer;
}

/** A note that can be read. Nothing about it is verified; {@link openNote} does that. */
export interface SignedNote {
  /** What was signed, with its last LF. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/**
 * Reads a signed note, by c2sp.org/signed-note, without verifying it: text that ends in LF, an empty line and
 * 1 to 100 signature lines. The last empty line ends the text.
 *
 * @param note at most 64 KiB of UTF-8, without control characters other than LF
 * @returns `undefined` for anything else, in linear time
 */
export function parseNote(note: string | Buffer): SignedNote | undefined {
  const whole = wholeText(note);
  if (whole === undefined) return undefined;
  const end = whole.lastIndexOf('\n\n');
  if (end === -1 || !whole.endsWith('\n')) return undefined;
  const signatures = parseSignatures(whole.slice(end + 2, -1));
  return signatures && { text: whole.slice(0, end + 1), signatures };
}

/** Whether a text can be signed as a note: UTF-8 that ends in LF, with no other control character. */
export function isNoteText(text: string): boolean {
  return text.endsWith('\n') && wholeText(text) !== undefined;
}

function wholeText(note: string | Buffer): string | undefined {
  if (note.length > MAX_NOTE_BYTES) return undefined;
  if (typeof note === 'string' && !note.isWellFormed()) return undefined;
  const bytes = typeof note === 'string' ? Buffer.from(note, 'utf8') : note;
  if (bytes.length > MAX_NOTE_BYTES || !isUtf8(bytes)) return undefined;
  if (bytes.some((byte) => byte < SPACE && byte !== LF)) return undefined;
  return typeof note === 'string' ? note : bytes.toString('utf8');
}

function parseSignatures(block: string): NoteSignature[] | undefined {
  const lines = block.split('\n', MAX_SIGNATURES + 1);
  if (lines.length > MAX_SIGNATURES) return undefined;
  const signatures = lines.map(parseSignature).filter((signature) => signature !== undefined);
  return signatures.length === lines.length ? signatures : undefined;
}

function parseSignature(line: string): NoteSignature | undefined {
  const [dash, name = '', encoded = '', ...more] = line.split(' ', 4);
  if (dash !== DASH || more.length > 0 || !isKeyName(name)) return undefined;
  const bytes = decodeBase64(encoded);
  if (!bytes || bytes.length <= KEY_ID_BYTES) return undefined;
  return { name, id: bytes.subarray(0, KEY_ID_BYTES), signature: bytes.subarray(KEY_ID_BYTES) };
}

/** A note that a known key signed. */
export interface OpenedNote {
  /** What was signed, with its last LF. */
  readonly text: string;
  /** The known keys that signed it, each once, in the order of the note; of a witness, the newest time. */
  readonly verified: readonly VerifiedSignature[];
}

/**
 * Reads a note and verifies it, by the rules of c2sp.org/signed-note: signatures of unknown keys are ignored,
 * one of a known key (by name and id) that fails makes the whole note invalid, and at least one must hold.
 *
 * @param keys the known keys
 * @returns `undefined` when the note cannot be read or is not valid
 * @example
 * const opened = openNote(note, [parseVerifierKey(vkey)]);
 * if (!opened) throw new Error('not signed by the log');
 */
export function openNote(
  note: string | Buffer,
  keys: readonly VerifierKey[],
): OpenedNote | undefined {
  const parsed = parseNote(note);
  if (!parsed) return undefined;
  const verified = new Map<string, VerifiedSignature>();
  for (const signature of parsed.signatures) {
    for (const key of keys.filter((known) => isOf(signature, known))) {
      const held = verifySignature(key, parsed.text, signature.signature);
      if (!held) return undefined;
      keepNewest(verified, held);
    }
  }
  return verified.size > 0 ? { text: parsed.text, verified: [...verified.values()] } : undefined;
}

function isOf({ name, id }: NoteSignature, key: VerifierKey): boolean {
  return key.name === name && key.id.equals(id);
}

function keepNewest(verified: Map<string, VerifiedSignature>, held: VerifiedSignature): void {
  const known = verifierKeyText(held.key);
  const before = verified.get(known);
  if (!before || (held.time ?? 0) > (before.time ?? 0)) verified.set(known, held);
}

/**
 * Signs a text.
 *
 * @param text UTF-8 that ends in LF, without other control characters
 * @param signers at least one; their signatures stand in this order
 * @returns the note
 * @throws TypeError when no reader would take the note
 * @example
 * const note = signNote('a text\n', [noteSigner('example.com/log', privateKey)]);
 */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  const bytes = Buffer.from(text, 'utf8');
  const lines = signers.map((signer) => signatureLine(signer, signer.sign(bytes)));
  const note = `${text}\n${lines.join('')}`;
  // What would be read must be what was signed: a text may have lines that look like signatures.
  if (parseNote(note)?.text !== text)
    throw new TypeError('the text or a signer is unfit for a note');
  return note;
}

function signatureLine({ name, id }: NoteSigner, signature: Buffer): string {
  return `${DASH} ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
}

/**
 * Appends signature lines, such as the cosignatures that a witness answered with. Nothing is verified; lines
 * that the note already has are left out.
 *
 * @param lines signature lines, each with its LF
 * @throws TypeError when no reader would take the result
 */
export function addSignatures(note: string, lines: string): string {
  const signed = parseNote(note)?.text;
  if (signed === undefined) throw new TypeError('the note cannot be read');
  const present = new Set(linesOf(note.slice(signed.length + 1)));
  const added = linesOf(lines).filter((line) => !present.has(line));
  const result = note + added.join('');
  if (parseNote(result)?.text !== signed) {
    throw new TypeError('the signature lines cannot be read, or there are too many');
  }
  return result;
}

/** Lines with their LF; the last one may be without. */
function linesOf(text: string): string[] {
  return text.split(/(?<=\n)/);
}
