/** A record as it is handed to a sink. */
export interface ShippedRecord {
  /** `<stream>:<seq>`: unique everywhere, and the same whenever the record is sent again. */
  readonly id: string;
  /** The stream it belongs to. */
  readonly stream: string;
  /** Its place in the stream, from 0 without gaps. */
  readonly seq: number;
  /** 64 lower-case hexadecimal digits: SHA-256 over the byte 0x00 and the UTF-8 bytes of `line`. */
  readonly leafHash: string;
  /** The record, one line of JSON, exactly as it stands in the log, without its LF. */
  readonly line: string;
}

/** A record by which a sink tells how far it has come. */
export interface SinkMark {
  /** The place of the record in its stream. */
  readonly seq: number;
  /** Its leaf hash, 64 lower-case hexadecimal digits. */
  readonly leafHash: string;
}

/**
 * Takes the records of the audit log to another place: a database, a SIEM, an object store. Implement it for
 * the place that you have; `auditSinkContract` of `nestjs-security/testing` tests what you wrote.
 *
 * Records come in order, without gaps, only after they are on this machine's disk, and **at least once**:
 * after a crash or an error some come again, with the same ids and the same text. One call is made at a time.
 *
 * @example
 * class TableAuditSink extends AuditSink {
 *   readonly name = 'audit-table';
 *
 *   async write(records: readonly ShippedRecord[]): Promise<void> {
 *     await this.table.insertNew(records.map(({ id, leafHash, line }) => [id, leafHash, line]));
 *   }
 * }
 */
export abstract class AuditSink {
  /** Names the sink in events and in the file that remembers how far it has come: 1 to 64 of `a-z 0-9 - _`. */
  abstract readonly name: string;

  /**
   * Takes records, 1 to 500 of one stream, at most 1 MiB of lines. Resolve when the sink holds them as durably
   * as it can; whatever is rejected is sent again, with growing pauses, for as long as it takes. A call that
   * does not settle holds up all that follow, so that nothing overtakes.
   *
   * @param signal aborts after 30 seconds, and when the application has to end: give up and reject
   * @throws AuditError with the code `AUDIT_FORK` when the sink holds one of the ids with another leaf hash:
   * the sink gets nothing more, and the alarm is raised
   */
  abstract write(records: readonly ShippedRecord[], signal: AbortSignal): Promise<void>;

  /**
   * Takes a signed checkpoint of a stream, of which the sink holds all records by then. With it, whoever reads
   * the sink can prove what the records were.
   *
   * @param note a signed note, as C2SP has it
   */
  checkpoint?(stream: string, note: string): Promise<void>;

  /**
   * Tells the last record of a stream that the sink holds durably; `undefined` when it holds none. A sink that
   * can tell is believed: it gets what follows that record, and the log does not start when it is shorter. It is
   * asked at the start, and again after a call that failed: a server that took over may hold less.
   */
  latest?(stream: string): Promise<SinkMark | undefined>;
}
