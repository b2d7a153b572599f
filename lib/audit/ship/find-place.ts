import type { AuditEvent } from '../record/audit-event.js';
import { AuditFork, type ForkReason } from './audit-fork.js';
import type { AuditSink, SinkMark } from './audit-sink.js';
import type { OffsetFile } from './offset-file.js';
import { readBatch, type Place, type SegmentSource } from './read-batch.js';
import { shorterThanMark } from './rolled-back.js';

const LEAF_HASH = /^[0-9a-f]{64}$/;

/** Where shipping begins after a start. */
export interface FoundPlace {
  readonly place: Place;
  /** What belongs into the log. */
  readonly findings: readonly AuditEvent[];
}

/**
 * Finds the record behind the last one that the sink holds, by what the sink says or else by the offset file,
 * and makes sure that the log still has both records as they were.
 *
 * @param below the first record that may not be durable
 * @throws AuditFork when the log has another record in the place of one of them, AuditError
 * `AUDIT_LOG_ROLLED_BACK` when it is shorter
 */
export async function findPlace(
  source: SegmentSource,
  sink: AuditSink,
  offset: OffsetFile,
  below: number,
): Promise<FoundPlace> {
  const remembered = await offset.read();
  if (!sink.latest) {
    return { place: await placeBehind(source, remembered, below, 'offset-mismatch'), findings: [] };
  }
  const held = checkMark(await sink.latest(source.stream));
  const place = await placeBehind(source, held, below, 'sink-mismatch');
  await placeBehind(source, remembered, below, 'offset-mismatch');
  const isBehind = (held?.seq ?? -1) < (remembered?.seq ?? -1);
  return { place, findings: isBehind ? [sinkBehind(sink.name, held, remembered)] : [] };
}

async function placeBehind(
  source: SegmentSource,
  mark: SinkMark | undefined,
  below: number,
  reason: ForkReason,
): Promise<Place> {
  if (!mark) return { next: 0 };
  const { seq, leafHash } = mark;
  if (seq >= below) throw shorterThanMark('the sink', seq, below);
  const { records, end } = await readBatch(source, { next: seq }, seq + 1);
  const [record] = records;
  // A record that was pruned cannot be compared; its successor, when that is left, must continue it.
  if (!record) return { next: seq + 1, prev: leafHash };
  if (record.leafHash !== leafHash) throw new AuditFork(reason, seq);
  return end;
}

/** Sinks are written by others: what they say is checked. */
export function checkMark(mark: SinkMark | undefined): SinkMark | undefined {
  if (mark === undefined) return undefined;
  const { seq, leafHash } = mark;
  if (Number.isSafeInteger(seq) && seq >= 0 && LEAF_HASH.test(leafHash)) return { seq, leafHash };
  throw new TypeError('latest() of an audit sink must give { seq, leafHash } or undefined');
}

function sinkBehind(
  sink: string,
  held: SinkMark | undefined,
  remembered: SinkMark | undefined,
): AuditEvent {
  return {
    event: 'audit_sink_behind',
    level: 'warn',
    target: { type: 'audit-sink', id: sink },
    details: { held: held?.seq ?? -1, acknowledged: remembered?.seq ?? -1 },
  };
}
