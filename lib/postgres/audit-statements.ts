import type { AuditTables } from './audit-tables.js';

/** The statements of an audit sink. */
export interface AuditStatements {
  /** The records of the stream `$1` from `$2` through `$3`: their `seq`, as text, and `leaf_hash`. */
  readonly held: string;
  /** Inserts records of the stream `$1`: `$2` are their places, `$3` their leaf hashes, `$4` their lines. */
  readonly insert: string;
  /** The last record of the stream `$1`. */
  readonly latest: string;
  /** Inserts the checkpoint `$3` of the stream `$1` with the size `$2`, once. */
  readonly checkpoint: string;
  /** Whether the role may change what it wrote. */
  readonly mayChange: string;
}

/** Writes the statements over quoted names. */
export function auditStatements({ records, checkpoints }: AuditTables): AuditStatements {
  const select = `SELECT seq::text AS seq, leaf_hash FROM ${records} WHERE stream = $1`;
  return {
    held: `${select} AND seq BETWEEN $2::bigint AND $3::bigint`,
    // Rows reach the trigger in the order of the subquery.
    insert: `INSERT INTO ${records} (stream, seq, leaf_hash, line) SELECT $1, r.seq, r.leaf_hash, r.line FROM unnest($2::bigint[], $3::text[], $4::text[]) WITH ORDINALITY AS r(seq, leaf_hash, line, place) ORDER BY r.place`,
    latest: `${select} ORDER BY ${records}.seq DESC LIMIT 1`,
    checkpoint: `INSERT INTO ${checkpoints} (stream, size, note) VALUES ($1, $2::bigint, $3) ON CONFLICT DO NOTHING`,
    mayChange: `SELECT bool_or(r.rolsuper OR pg_has_role(c.relowner, 'USAGE') OR has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')) AS may FROM pg_class AS c, pg_roles AS r WHERE r.rolname = current_user AND c.oid IN ('${records}'::regclass, '${checkpoints}'::regclass)`,
  };
}
