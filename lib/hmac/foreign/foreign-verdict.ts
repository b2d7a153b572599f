/** Why what another program signed was refused; for logs. */
export type ForeignRefusal = 'missing' | 'malformed' | 'mismatch' | 'expired';

/** What reading it gives. */
export type ForeignVerdict<Value> =
  | {
      readonly ok: true;
      /** What was signed: text, or what its JSON says. */
      readonly value: Value;
      /** When it was signed, in seconds since the Unix epoch, where it says so. */
      readonly signedAt?: number;
    }
  | { readonly ok: false; readonly reason: ForeignRefusal };

/** A refusal. */
export function refusedForeign(reason: ForeignRefusal): ForeignVerdict<never> {
  return { ok: false, reason };
}
