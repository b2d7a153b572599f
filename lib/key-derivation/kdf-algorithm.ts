/** One number that decides the cost of an algorithm. */
export interface KdfParameter {
  /** How the encoded form names it. */
  readonly letter: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** Whether it is a power of two, of which the encoded form holds the exponent. */
  readonly powerOfTwo?: boolean;
}

/** An algorithm that makes keys of passphrases, as data: `recipe.ts` and `encoded-recipe.ts` read it. */
export interface KdfAlgorithm<Name extends string = string> {
  /** With what the encoded form begins, version included. */
  readonly head: string;
  /** In the order of the encoded form. */
  readonly parameters: Readonly<Record<Name, KdfParameter>>;
  /** The shortest key that it can make, in bytes. */
  readonly minLength: number;
  /** Says why parameters that are within their limits one by one are still refused; `undefined` when fit. */
  excess(parameters: Readonly<Record<Name, number>>, length: number): string | undefined;
  /** Computes `length` bytes off the event loop. Judges nothing. */
  compute(
    passphrase: Buffer,
    salt: Buffer,
    parameters: Readonly<Record<Name, number>>,
    length: number,
  ): Promise<Buffer>;
}
