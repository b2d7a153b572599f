import { AuditSink, type ShippedRecord, type SinkMark } from '../audit/ship/audit-sink.js';
import { AuditError } from '../errors/audit.error.js';

/**
 * Keeps what it is given in memory, each record once, for tests.
 *
 * @example
 * const sink = new MemoryAuditSink();
 * // … record something, and close the application …
 * expect(sink.records('0-9q3k1z0c')).toHaveLength(3);
 */
export class MemoryAuditSink extends AuditSink {
  readonly name: string;
  readonly #records = new Map<string, Map<string, ShippedRecord>>();
  readonly #checkpoints = new Map<string, string[]>();

  /**
   * @param name 1 to 64 of `a-z 0-9 - _`
   * @default name: 'memory'
   */
  constructor(name = 'memory') {
    super();
    this.name = name;
  }

  /** The streams of which it holds records. */
  get streams(): string[] {
    return [...this.#records.keys()];
  }

  /** The records of a stream, in the order in which they came first. */
  records(stream: string): ShippedRecord[] {
    return [...(this.#records.get(stream)?.values() ?? [])];
  }

  /** The checkpoints of a stream, oldest first. */
  checkpoints(stream: string): string[] {
    return [...(this.#checkpoints.get(stream) ?? [])];
  }

  /** @throws AuditError `AUDIT_FORK` for an id that it holds with another leaf hash; it keeps nothing then */
  override async write(records: readonly ShippedRecord[]): Promise<void> {
    for (const { stream, id, leafHash } of records) {
      const held = this.#records.get(stream)?.get(id);
      if (held && held.leafHash !== leafHash)
        throw new AuditError('AUDIT_FORK', `the sink holds another record with the id ${id}`);
    }
    for (const record of records) {
      const held = this.#records.get(record.stream) ?? new Map<string, ShippedRecord>();
      this.#records.set(record.stream, held.set(record.id, record));
    }
  }

  /** Keeps the note. */
  override async checkpoint(stream: string, note: string): Promise<void> {
    this.#checkpoints.set(stream, [...this.checkpoints(stream), note]);
  }

  /** The last record of a stream. */
  override async latest(stream: string): Promise<SinkMark | undefined> {
    const last = this.records(stream).at(-1);
    return last && { seq: last.seq, leafHash: last.leafHash };
  }
}
