import { AUDIT_REFUSAL } from './audit-refusal.js';
import type { AuditTables } from './audit-tables.js';

/** What follows the id; the text between the quotes of these fields is never escaped. Bounds make it slow. */
const FIELDS =
  '^(?:,"time":"([0-9TZ:.+-]*)")?(?:,"event":"([a-z0-9_]*)")?(?:,"level":"([a-z]*)")?(?:,"outcome":"([a-z]*)")?[,}]';
const MAX_LINE_BYTES = 65_535;

/**
 * What an audit sink needs in a database, as statements that may be run again. They need PostgreSQL 14.
 *
 * Functions find names in `pg_catalog` only, and nothing in them depends on the settings of the session, or a
 * role that may only insert could put its own operators and literals under them.
 */
export function auditMigration(tables: AuditTables): readonly string[] {
  const { records, checkpoints, appendRecord, appendCheckpoint, refuse } = tables;
  return [
    createRecords(records),
    createCheckpoints(checkpoints),
    createAppendRecord(appendRecord, records),
    createAppendCheckpoint(appendCheckpoint),
    createRefuse(refuse),
    ...trigger(records, 'audit_append', `BEFORE INSERT ON ${records} FOR EACH ROW`, appendRecord),
    ...trigger(
      checkpoints,
      'audit_append',
      `BEFORE INSERT ON ${checkpoints} FOR EACH ROW`,
      appendCheckpoint,
    ),
    ...[records, checkpoints].flatMap((table) => refuseChanges(table, refuse)),
  ];
}

function createRecords(records: string): string {
  return `CREATE TABLE IF NOT EXISTS ${records} (
    stream text COLLATE "C" NOT NULL,
    seq bigint NOT NULL CHECK (seq >= 0),
    leaf_hash text COLLATE "C" NOT NULL,
    prev text COLLATE "C" NOT NULL,
    time timestamptz,
    event text,
    level text,
    outcome text,
    line text NOT NULL,
    PRIMARY KEY (stream, seq)
  )`;
}

/** A stream has several checkpoints of one size: the time in them goes on while nothing happens. */
function createCheckpoints(checkpoints: string): string {
  return `CREATE TABLE IF NOT EXISTS ${checkpoints} (
    stream text COLLATE "C" NOT NULL,
    size bigint NOT NULL CHECK (size >= 0),
    note_hash text COLLATE "C" NOT NULL,
    note text NOT NULL,
    PRIMARY KEY (stream, size, note_hash)
  )`;
}

/**
 * The fields beside the line are taken from the line, so that they cannot say something else. A stream may
 * begin behind 0: its first records may have been pruned before it had this sink.
 */
function createAppendRecord(name: string, records: string): string {
  return createFunction(
    name,
    `DECLARE
      start text := '{"v":1,"seq":' || NEW.seq || ',"prev":"';
      prev text := substr(NEW.line, length(start) + 1, 64);
      head text := start || prev || '","id":"' || NEW.stream || ':' || NEW.seq || '"';
      field text[] := regexp_match(substr(NEW.line, length(head) + 1, 256), '${FIELDS}');
      bytes bytea := convert_to(NEW.line, 'UTF8');
      held record;
    BEGIN
      IF (starts_with(NEW.line, head) AND field IS NOT NULL
        AND NEW.stream ~ '^[0-9a-z-]+$' AND length(prev) = 64 AND prev ~ '^[0-9a-f]+$'
        AND strpos(NEW.line, chr(10)) = 0 AND strpos(NEW.line, chr(13)) = 0
        AND octet_length(bytes) <= ${MAX_LINE_BYTES}
        AND NEW.leaf_hash = encode(sha256(decode('00', 'hex') || bytes), 'hex')) IS NOT TRUE
      THEN
        RAISE EXCEPTION 'the line is not the record that it is said to be' USING ERRCODE = '${AUDIT_REFUSAL.malformed}';
      END IF;
      SELECT t.seq, t.leaf_hash INTO held FROM ${records} AS t
        WHERE t.stream = NEW.stream ORDER BY t.seq DESC LIMIT 1;
      IF FOUND AND (NEW.seq <> held.seq + 1 OR prev <> held.leaf_hash) THEN
        RAISE EXCEPTION 'the record does not continue its stream' USING ERRCODE = '${AUDIT_REFUSAL.outOfPlace}';
      END IF;
      NEW.prev := prev;
      NEW.time := field[1]::timestamptz;
      NEW.event := field[2];
      NEW.level := field[3];
      NEW.outcome := field[4];
      RETURN NEW;
    END`,
  );
}

function createAppendCheckpoint(name: string): string {
  return createFunction(
    name,
    `BEGIN
      NEW.note_hash := encode(sha256(convert_to(NEW.note, 'UTF8')), 'hex');
      RETURN NEW;
    END`,
  );
}

function createRefuse(name: string): string {
  return createFunction(
    name,
    `BEGIN
      RAISE EXCEPTION 'the audit log is append-only: % refused', TG_OP USING ERRCODE = '${AUDIT_REFUSAL.change}';
    END`,
  );
}

function createFunction(name: string, body: string): string {
  return `CREATE OR REPLACE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$ ${body} $body$`;
}

function refuseChanges(table: string, refuse: string): string[] {
  const when = `BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table} FOR EACH STATEMENT`;
  return trigger(table, 'audit_refuse', when, refuse);
}

/** ALWAYS: it fires in the role of a replica, too. */
function trigger(table: string, name: string, when: string, calls: string): string[] {
  return [
    `CREATE OR REPLACE TRIGGER ${name} ${when} EXECUTE FUNCTION ${calls}()`,
    `ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${name}`,
  ];
}
