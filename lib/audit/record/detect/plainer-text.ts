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

type Step = (text: string) => string;

const withoutPluses: Step = (text) => text.replaceAll('+', ' ');

/**
 * What takes one layer of escapes off a text: those of URLs and HTML, those of JSON, those of forms. Each gives the same
 * text when there is nothing to take off. They go one after the other, and what each gives is searched: `\\token%3D` is a
 * token before it is a tabulator, and a letter that becomes a plain one may run into the secret before it.
 */
const ONE_LAYER: readonly Step[] = [
  withoutWebEscapes,
  withoutBackslashes,
  plainLetters,
  withoutPluses,
];

/** First all layers of URLs and HTML: `\\token%253D` is a token before it is a tabulator, too. */
const WEB_FIRST: readonly Step[] = [
  ...Array.from({ length: MAX_LAYERS }, () => withoutWebEscapes),
  ...ONE_LAYER,
];

/** The orders in which escapes are taken off: what one of them brings to light, another may spoil. */
export function ordersOfSteps(text: string): readonly (readonly Step[])[] {
  const plainer = withoutWebEscapes(text);
  return withoutWebEscapes(plainer) === plainer ? [ONE_LAYER] : [ONE_LAYER, WEB_FIRST];
}

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
