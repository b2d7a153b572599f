/** Letters of other scripts that look like Latin ones, and what they look like. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    а: 'a',
    е: 'e',
    о: 'o',
    р: 'p',
    с: 'c',
    у: 'y',
    х: 'x',
    і: 'i',
    ј: 'j',
    ѕ: 's',
    һ: 'h',
    ԁ: 'd',
    ԛ: 'q',
    ԝ: 'w',
    к: 'k',
    т: 't',
    м: 'm',
    в: 'b',
    н: 'h',
    ο: 'o',
    α: 'a',
    ε: 'e',
    ι: 'i',
    κ: 'k',
    ν: 'v',
    ρ: 'p',
    τ: 't',
    υ: 'u',
    χ: 'x',
    ɑ: 'a',
    ı: 'i',
    ɡ: 'g',
    ⅼ: 'l',
  }),
);
const LOOKALIKE = new RegExp(`[${[...LOOKALIKES.keys()].join('')}]`, 'gu');
// Stripping marks first keeps NFKD linear: it sorts long runs of them in quadratic time.
const MARKS = /[\p{M}\p{Cf}]/gu;

/**
 * A text in the letters that a reader takes it for: Unicode NFKD without combining marks and invisible
 * characters, so that full-width, accented and interrupted spellings of a word are that word.
 */
export function plainLetters(text: string): string {
  return text.replace(MARKS, '').normalize('NFKD').replace(MARKS, '');
}

/** Letters that look like Latin ones, in a text of lower case, become these. */
export function latinLookalikes(text: string): string {
  return text.replace(LOOKALIKE, (letter) => LOOKALIKES.get(letter) ?? letter);
}
