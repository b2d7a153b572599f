/** How long records are kept. Whole segments go, the oldest first; the newest one always stays. */
export interface RetentionOptions {
  /**
   * A segment goes when its last record is that many days old.
   *
   * @default none: age is no reason
   */
  days?: number | undefined;
  /**
   * The oldest segments go while all of them together are longer, in bytes. At least 1 MiB.
   *
   * @default none: size is no reason
   */
  maxBytes?: number | undefined;
  /**
   * Nothing goes, whatever the other settings say: for the time of an investigation.
   *
   * @default false
   */
  legalHold?: boolean | undefined;
}
