/** A schema by the Standard Schema specification, version 1: what any library of forms or pipes can use. */
export interface StandardTextSchema {
  /** The one member that the specification asks for. */
  readonly '~standard': {
    /** The version of the specification. */
    readonly version: 1;
    /** Who made the schema. */
    readonly vendor: 'nestjs-security';
    /** Judges a value: gives it back, or says what is wrong with it. */
    readonly validate: (value: unknown) => Promise<StandardTextResult>;
    /** For the types only. */
    readonly types?: { readonly input: string; readonly output: string } | undefined;
  };
}

/** What a {@link StandardTextSchema} finds: the value, or what is wrong with it. */
export type StandardTextResult =
  | { readonly value: string; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] };
