/** PostgreSQL cuts names at 63 bytes; ours are up to 12 longer than that of the table. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,47}$/;

/** The names of what an audit sink has in a database, quoted. */
export interface AuditTables {
  /** The table of records. */
  readonly records: string;
  /** The table of checkpoints. */
  readonly checkpoints: string;
  /** The function that lets a record in. */
  readonly appendRecord: string;
  /** The function that lets a checkpoint in. */
  readonly appendCheckpoint: string;
  /** The function that refuses every change. */
  readonly refuse: string;
}

/**
 * Names are written into the source of functions, so that they are held to what needs no escape anywhere.
 *
 * @throws TypeError for a name that is not 1 to 48 letters, digits and `_`, a digit not first
 */
export function auditTables(schema: string, table: string): AuditTables {
  for (const [option, name] of Object.entries({ schema, table })) {
    if (typeof name === 'string' && NAME.test(name)) continue;
    throw new TypeError(`${option} must be 1 to 48 of A-Z a-z 0-9 _, a digit not first`);
  }
  const named = (suffix: string): string => `"${schema}"."${table}${suffix}"`;
  return {
    records: named(''),
    checkpoints: named('_checkpoints'),
    appendRecord: named('_append'),
    appendCheckpoint: named('_note'),
    refuse: named('_refuse'),
  };
}
