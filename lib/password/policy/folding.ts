/** What stands for which letter in passwords that were made to look complicated. */
const SUBSTITUTES: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '8': 'b',
  '3': 'e',
  '6': 'g',
  '9': 'g',
  '!': 'i',
  '1': 'i',
  '|': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '+': 't',
  '7': 't',
  '2': 'z',
};
const ALSO_L = /[!1|]/g;
const SUBSTITUTED = /[@4836!1|09$5+72]/g;

const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cc}]/gu;
/** Elsewhere marks are vowels, and a text without them is another one. */
const MARKS_OF_LATIN = /(?<=\p{Script=Latin})\p{Mn}+/gu;

/**
 * A text as it is compared with words: Unicode NFKC, lower case, without what nobody sees (zero-width and
 * control characters and the like). The time is linear but for the normalising: bound the size before.
 */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(UNSEEN, '');
}

/** A folded text whose Latin letters have lost their accents. */
export function withoutAccents(folded: string): string {
  const apart = folded.normalize('NFD');
  const bare = apart.replace(MARKS_OF_LATIN, '');
  return bare === apart ? folded : bare.normalize('NFC');
}

/** A folded text as it stands, without what is between its words, and either of them without accents. */
export function spellings(folded: string): readonly string[] {
  const texts = [folded, joinWords(folded)];
  return [...new Set([...texts, ...texts.map(withoutAccents)])];
}

/** A folded text without spaces, punctuation and symbols. */
export function joinWords(folded: string): string {
  return folded.replace(/[\p{P}\p{S}\p{Z}]/gu, '');
}

/**
 * The words that a folded text may be read as: itself, and with digits and signs read as the letters that
 * they resemble, `1` as i or as l. Each has the length of the text, character by character.
 */
export function readings(folded: string): readonly string[] {
  const withI = folded.replace(SUBSTITUTED, (sign) => SUBSTITUTES[sign] ?? sign);
  const withL = folded
    .replace(ALSO_L, 'l')
    .replace(SUBSTITUTED, (sign) => SUBSTITUTES[sign] ?? sign);
  return [...new Set([folded, withI, withL])];
}

/**
 * The shortest text of which a text is nothing but repetitions, the last perhaps cut: `abcab` gives `abc`.
 * The text itself when its second half is not the first again. Linear (the failure function of Knuth, Morris
 * and Pratt).
 */
export function unitOf(text: string): string {
  const borders = [0];
  for (let at = 1, border = 0; at < text.length; at += 1) {
    while (border > 0 && text[at] !== text[border]) border = borders[border - 1] ?? 0;
    if (text[at] === text[border]) border += 1;
    borders.push(border);
  }
  const period = text.length - (borders.at(-1) ?? 0);
  return period * 2 <= text.length ? text.slice(0, period) : text;
}
