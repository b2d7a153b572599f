/** A password or passphrase that was generated. */
export interface GeneratedSecret {
  /** The text itself. Hash it before it is stored, and show it once. */
  readonly value: string;
  /**
   * How many bits an attacker has to guess who knows how it was made: the logarithm to base 2 of the
   * number of values that could have been drawn, each with the same probability.
   */
  readonly entropyBits: number;
}
