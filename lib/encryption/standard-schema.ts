/** The part of Standard Schema, version 1 (https://standardschema.dev), that is used here. */
export interface StandardSchema<Output = unknown> {
  /** What every such library puts on its schemas. */
  readonly '~standard': {
    /** The version of the interface. */
    readonly version: 1;
    /** The library. */
    readonly vendor: string;
    /** Checks a value. */
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
  };
}

/** What a schema answers: the value, or what is wrong with it. */
export type StandardResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly unknown[] };
