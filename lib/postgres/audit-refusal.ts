/** The codes (SQLSTATE) with which the triggers of an audit sink refuse. */
export const AUDIT_REFUSAL = {
  /** Not the next record of the stream, or one that does not continue its last record. */
  outOfPlace: 'AU001',
  /** A line that is no record, is another one, or has another hash. */
  malformed: 'AU002',
  /** A change of what is there. */
  change: 'AU003',
} as const;
