/** What a record of the log about itself says, as far as verification needs it. */
export interface RecordMark {
  readonly seq: number;
  readonly event: string;
  /** Of an abandoned or changed segment: its name, … */
  readonly file?: string;
  /** … and where in it the records end. */
  readonly size?: number;
  /** Of pruned segments: the last record that was in them. */
  readonly through?: number;
}

const EVENTS: readonly string[] = [
  'audit_segment_abandoned',
  'audit_segment_changed',
  'audit_segments_pruned',
];
const SEGMENT_NAME = /^seg-\d{16}\.jsonl$/;

/** The first is that of the record: nothing before it can hold a quote. */
const EVENT = /"event":"([^"]*)/;

/** Reads a record whose event may be one about the log itself; `undefined` for others, and for what is no JSON. */
export function recordMark(seq: number, line: Buffer): RecordMark | undefined {
  const [, event = ''] = EVENT.exec(line.toString('latin1')) ?? [];
  if (!EVENTS.includes(event)) return undefined;
  const { details } = fieldsOf(line);
  if (typeof details !== 'object' || details === null) return undefined;
  const { file, size, through } = details as Record<string, unknown>;
  return {
    seq,
    event,
    ...(typeof file === 'string' && SEGMENT_NAME.test(file) && { file }),
    ...(typeof size === 'number' && { size }),
    ...(typeof through === 'number' && { through }),
  };
}

function fieldsOf(line: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
