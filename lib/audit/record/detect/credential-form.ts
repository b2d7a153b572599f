/** A secret that is known by its form. */
export interface CredentialForm {
  /**
   * Every match has one of these in it: a character, or two in a row. They let most texts pass without
   * being searched, so the rarer the better.
   */
  readonly marks: readonly string[];
  /** Linear in the text. What a group `keep` matches at the beginning is no part of the secret. */
  readonly pattern: RegExp;
  /** A closer look at what was matched. */
  readonly accepts?: (match: string) => boolean;
}

/** @param marks with white space between them */
export function form(
  marks: string,
  pattern: RegExp,
  accepts?: (match: string) => boolean,
): CredentialForm {
  return { marks: marks.split(' '), pattern, ...(accepts && { accepts }) };
}

/** Pairs of letters, each in upper and lower case and both. */
export function inAnyCase(...pairs: string[]): string[] {
  return pairs.flatMap((pair) => {
    const [small, capital] = [pair.toLowerCase(), pair.toUpperCase()];
    return [
      small,
      capital,
      small.charAt(0) + capital.charAt(1),
      capital.charAt(0) + small.charAt(1),
    ];
  });
}
