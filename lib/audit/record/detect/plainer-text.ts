import { plainLetters } from './plain-letters.js';

const PERCENT = /(?:%[0-9a-f]{2})+/gi;
const BACKSLASH = /\\(?:u([0-9a-f]{4})|u\{([0-9a-f]{1,5})\}|x([0-9a-f]{2})|([\s\S]))/gi;
const ENTITY = /&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|(quot|apos|amp|lt|gt|colon|equals|commat));/gi;
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
const ENTITIES: Readonly<Record<string, string>> = {
  quot: '"',
  apos: "'",
  amp: '&',
  lt: '<',
  gt: '>',
  colon: ':',
  equals: '=',
  commat: '@',
};

/** Escapes within escapes: URLs in JSON in a log line. */
export const MAX_LAYERS = 3;

/**
 * What takes escapes off a text: those of URLs and HTML, those of JSON, those of forms. Each gives the same text when
 * there is nothing to take off. They go one after the other, and what each gives is searched: `\\token%253D` is a token
 * before it is a tabulator, so all that a backslash stands before comes out first; and a letter that becomes a plain one
 * may run into the secret before it.
 */
export const PLAINER_TEXTS: readonly ((text: string) => string)[] = [
  ...Array.from({ length: MAX_LAYERS }, () => [withoutWebEscapes, plainLetters]).flat(),
  withoutBackslashes,
  plainLetters,
  (text) => text.replaceAll('+', ' '),
];

function withoutWebEscapes(text: string): string {
  return text
    .replace(PERCENT, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))
    .replace(ENTITY, (_, decimal?: string, hex?: string, name?: string) =>
      name === undefined
        ? character(decimal ?? hex, decimal === undefined ? 16 : 10)
        : (ENTITIES[name.toLowerCase()] ?? ''),
    );
}

function withoutBackslashes(text: string): string {
  return text.replace(BACKSLASH, (_, four?: string, braced?: string, two?: string, one?: string) =>
    one === undefined ? character(four ?? braced ?? two, 16) : (CONTROLS[one] ?? one),
  );
}

function character(digits: string | undefined, radix: number): string {
  const code = Number.parseInt(digits ?? '', radix);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}
