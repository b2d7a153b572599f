// JSON leaves these as they are, though terminals, viewers and line readers act on them: DEL and C1
// controls (U+0085 is a line break), line and paragraph separators, bidirectional marks, the byte order mark.
const ACTIVE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const ASCII_WITHOUT_ESCAPES = /^[ !#-[\]-~]*$/;

/** Writes plain data as JSON on one line, with every character escaped that could act on a reader. */
export function toJsonText(value: unknown): string {
  return JSON.stringify(value).replace(
    ACTIVE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** {@link toJsonText} for a text, fast for those that need no escapes. */
export function quoted(text: string): string {
  return ASCII_WITHOUT_ESCAPES.test(text) ? `"${text}"` : toJsonText(text);
}

/** How many bytes of UTF-8 {@link quoted} gives for a text, without writing it. */
export function quotedBytes(text: string): number {
  return ASCII_WITHOUT_ESCAPES.test(text)
    ? text.length + 2
    : Buffer.byteLength(toJsonText(text), 'utf8');
}
