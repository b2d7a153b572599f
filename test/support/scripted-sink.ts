import { AuditSink, type ShippedRecord, type SinkMark } from '../../lib/audit/ship/audit-sink.js';

/** A sink that keeps every call, and does what the test says. */
export class ScriptedSink extends AuditSink {
  readonly name: string;
  /** Every batch that was taken, in order. */
  readonly batches: (readonly ShippedRecord[])[] = [];
  readonly checkpoints: string[] = [];
  /** Stands before each batch; throws to refuse it. */
  before: (records: readonly ShippedRecord[], signal: AbortSignal) => Promise<void> | void = () =>
    undefined;
  isWriting = false;

  constructor(name = 'scripted') {
    super();
    this.name = name;
  }

  get records(): ShippedRecord[] {
    return this.batches.flat();
  }

  get seqs(): number[] {
    return this.records.map(({ seq }) => seq);
  }

  override async write(records: readonly ShippedRecord[], signal: AbortSignal): Promise<void> {
    if (this.isWriting) throw new Error('two calls at a time');
    this.isWriting = true;
    try {
      await this.before(records, signal);
      this.batches.push(records);
    } finally {
      this.isWriting = false;
    }
  }

  override async checkpoint(_stream: string, note: string): Promise<void> {
    this.checkpoints.push(note);
  }
}

/** A sink that tells what it holds. */
export class TellingSink extends ScriptedSink {
  held: SinkMark | undefined;

  override async write(records: readonly ShippedRecord[], signal: AbortSignal): Promise<void> {
    await super.write(records, signal);
    this.held = records.at(-1);
  }

  override async latest(): Promise<SinkMark | undefined> {
    return this.held;
  }
}

/** An error with a code, as clients of databases throw it. */
export function codedError(code: string): Error {
  return Object.assign(new Error(`password=hunter2 ${code}`), { code });
}
