import type { AuditHealth } from './audit-log.js';
import type { RecordQueue } from './record-queue.js';
import { lostIn, type Loss } from './writer/gap.js';
import type { WriterState } from './writer/writer-setup.js';

/** Before a writer has told anything. */
export const NOTHING_YET: WriterState = {
  durableSeq: 0,
  signedSize: 0,
  epoch: 0,
  disk: 'ok',
  refusesCritical: false,
  losses: [],
};

/** What is known of a log. */
export interface LogFacts {
  readonly stream: string | undefined;
  /** What its writer told last. */
  readonly state: WriterState;
  readonly queue: Pick<RecordQueue, 'length' | 'bytes' | 'hasRoomFor'>;
  /** What was lost before it came to the writer. */
  readonly gap: { readonly isOpen: boolean; readonly losses: readonly Loss[] };
  readonly writer: { readonly isDown: boolean; readonly kind: 'thread' | 'inline' } | undefined;
  readonly isClosing: boolean;
  /** Whether another process has taken the stream. */
  readonly isOusted: boolean;
}

/** How a log does that is kept in files. */
export function healthOf({
  stream,
  state,
  queue,
  gap,
  writer,
  isClosing,
  isOusted,
}: LogFacts): AuditHealth {
  const { disk, refusesCritical, checkpointFailure, durableSeq, signedSize, epoch } = state;
  const isDown = writer?.isDown === true;
  const isFull = !queue.hasRoomFor('critical');
  const reasons = [
    ...(writer && !isClosing ? [] : ['closed']),
    ...(isOusted ? ['lock-lost'] : []),
    ...(disk === 'full' ? ['disk-full'] : []),
    ...(disk === 'failing' || isDown ? ['write-failed'] : []),
    ...(isFull || gap.losses.some(({ reason }) => reason === 'queue-full') ? ['queue-full'] : []),
    ...(checkpointFailure === undefined ? [] : ['checkpoint-failed']),
  ];
  const isFailing = refusesCritical || isDown || isOusted || isFull || reasons.includes('closed');
  return {
    status: isFailing ? 'failing' : reasons.length > 0 || gap.isOpen ? 'degraded' : 'ok',
    reasons,
    ...(stream !== undefined && { stream }),
    queued: { records: queue.length, bytes: queue.bytes },
    durableSeq,
    signedSize,
    epoch,
    lost: lostIn(state.losses) + lostIn(gap.losses),
    writer: writer?.kind ?? 'none',
  };
}
