import { Logger } from '@nestjs/common';
import { checkCheckpoint } from '../audit/anchor/checkpoint-of.js';
import { AuditSink, type ShippedRecord, type SinkMark } from '../audit/ship/audit-sink.js';
import { checkSinkName } from '../audit/ship/sink-name.js';
import { refuseUnknown } from '../common/refuse-unknown.js';
import { systemErrorCode } from '../common/system-error-code.js';
import { sinkFailure } from './audit-failure.js';
import { auditMigration } from './audit-migration.js';
import { AUDIT_REFUSAL } from './audit-refusal.js';
import { auditStatements, type AuditStatements } from './audit-statements.js';
import { auditTables, type AuditTables } from './audit-tables.js';
import { freshRecords, type HeldRecords } from './held-records.js';
import type { SqlClient, SqlRunner } from './sql-client.js';

/** Any number, the same for all who migrate. */
const MIGRATION_LOCK = '7166839125283415653';
/** unique_violation, serialization_failure, deadlock_detected, and a trigger that saw another's record. */
const LOST_RACE: readonly string[] = ['23505', '40001', '40P01', AUDIT_REFUSAL.outOfPlace];
const ANSWER_MS = 30_000;
const UNENFORCED =
  'The role of PostgresAuditSink may change what it wrote (it owns a table, is a superuser, or has rights beyond SELECT and INSERT): append-only is not enforced against it.';

/** Settings of {@link PostgresAuditSink}. */
export interface PostgresAuditSinkOptions {
  /** The database, as {@link sqlClientOf} makes one of a pool. */
  client: SqlClient;
  /**
   * Names the sink in events and in its offset file: 1 to 64 of `a-z 0-9 - _`.
   *
   * @default 'postgres'
   */
  name?: string;
  /**
   * The schema of the tables, in the case in which the database knows it: 1 to 48 of `A-Z a-z 0-9 _`. It must exist.
   *
   * @default 'public'
   */
  schema?: string;
  /**
   * The table of records: 1 to 48 of `A-Z a-z 0-9 _`. That of the checkpoints has `_checkpoints` behind it.
   *
   * @default 'audit_records'
   */
  table?: string;
}

/**
 * Keeps records and checkpoints in tables of PostgreSQL 14 or newer, which take only the next record of each
 * stream and refuse every change. Any number of processes may write, each its own streams.
 *
 * The methods reject with AuditError: `AUDIT_FORK` when the table holds another record, and otherwise
 * `AUDIT_SINK_FAILED` with the code of the database or the system, and nothing else of its error. When the role
 * could change what it wrote, a warning is logged at the first write.
 *
 * @example
 * const pool = new Pool({ connectionString: process.env.AUDIT_DATABASE_URL });
 * pool.on('error', () => {});
 * const sink = new PostgresAuditSink({ client: sqlClientOf(pool), schema: 'audit' });
 * SecurityModule.forRoot({ keys, audit: { directory: './data/audit', sinks: [sink] } });
 */
export class PostgresAuditSink extends AuditSink {
  readonly name: string;
  readonly #client: SqlClient;
  readonly #tables: AuditTables;
  readonly #statements: AuditStatements;
  #areRightsChecked = false;

  /** @throws TypeError for an option that is missing, unknown or no name */
  constructor(options: PostgresAuditSinkOptions) {
    super();
    refuseUnknown(options, ['client', 'name', 'schema', 'table'], 'PostgresAuditSink');
    const { client, name = 'postgres', schema = 'public', table = 'audit_records' } = options;
    if (!isClient(client))
      throw new TypeError('client must be a SqlClient: give sqlClientOf(pool)');
    checkSinkName(name);
    this.name = name;
    this.#client = client;
    this.#tables = auditTables(schema, table);
    this.#statements = auditStatements(this.#tables);
  }

  /**
   * Creates the tables, functions and triggers, or puts back what is missing of them. Needs a role that may
   * create in the schema and then owns them; best another one than that which writes. Several may call at once.
   */
  async migrate(): Promise<void> {
    await this.#guarded(() =>
      this.#client.transaction(async (transaction) => {
        await transaction.query('SELECT pg_advisory_xact_lock($1::bigint)', [MIGRATION_LOCK]);
        for (const statement of auditMigration(this.#tables))
          await transaction.query(statement, []);
      }),
    );
  }

  /** As {@link AuditSink.write}: in one transaction, all records or none. */
  override async write(records: readonly ShippedRecord[], signal?: AbortSignal): Promise<void> {
    this.#checkRightsOnce();
    await this.#guarded(async () => {
      try {
        await this.#writeNew(records, signal);
      } catch (error) {
        // Another connection was faster, maybe an earlier one of ours: what it wrote can be seen now.
        if (!LOST_RACE.includes(systemErrorCode(error))) throw error;
        await this.#writeNew(records, signal);
      }
    }, signal);
  }

  /** As {@link AuditSink.checkpoint}: each note once. Also rejects with TypeError for what is no checkpoint. */
  override async checkpoint(stream: string, note: string): Promise<void> {
    const { size } = checkCheckpoint(note, stream);
    await this.#answerTo(this.#statements.checkpoint, [stream, String(size), note]);
  }

  /** As {@link AuditSink.latest}. */
  override async latest(stream: string): Promise<SinkMark | undefined> {
    const { rows } = await this.#answerTo(this.#statements.latest, [stream]);
    const [last] = rows;
    return last && { seq: Number(last['seq']), leafHash: String(last['leaf_hash']) };
  }

  /** A connection that the network has lost never answers: it is closed, and the next call gets another one. */
  #answerTo(statement: string, parameters: unknown[]): ReturnType<SqlRunner['query']> {
    const signal = AbortSignal.timeout(ANSWER_MS);
    return this.#guarded(
      () =>
        this.#client.transaction((transaction) => transaction.query(statement, parameters), {
          signal,
        }),
      signal,
    );
  }

  async #writeNew(records: readonly ShippedRecord[], signal?: AbortSignal): Promise<void> {
    await this.#client.transaction(
      async (transaction) => {
        const fresh = freshRecords(records, await this.#held(transaction, records));
        const [first] = fresh;
        if (!first) return;
        await transaction.query(this.#statements.insert, [
          first.stream,
          fresh.map(({ seq }) => String(seq)),
          fresh.map(({ leafHash }) => leafHash),
          fresh.map(({ line }) => line),
        ]);
      },
      { signal },
    );
  }

  /** The leaf hashes in the places of the records and in the one before them. */
  async #held(transaction: SqlRunner, records: readonly ShippedRecord[]): Promise<HeldRecords> {
    const [first] = records;
    if (!first) return new Map();
    const last = first.seq + records.length - 1;
    const places = [String(first.seq - 1), String(last)];
    const { rows } = await transaction.query(this.#statements.held, [first.stream, ...places]);
    return new Map(rows.map((row) => [Number(row['seq']), String(row['leaf_hash'])]));
  }

  async #guarded<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw sinkFailure(error, signal);
    }
  }

  #checkRightsOnce(): void {
    if (this.#areRightsChecked) return;
    this.#areRightsChecked = true;
    void this.#checkRights();
  }

  async #checkRights(): Promise<void> {
    try {
      const { rows } = await this.#client.query(this.#statements.mayChange, []);
      if (rows[0]?.['may'] === true) new Logger('PostgresAuditSink').warn(UNENFORCED);
    } catch {
      // Whatever is wrong is told by the write beside this call.
      this.#areRightsChecked = false;
    }
  }
}

function isClient(client: unknown): client is SqlClient {
  if (typeof client !== 'object' || client === null) return false;
  return 'query' in client && 'transaction' in client;
}
