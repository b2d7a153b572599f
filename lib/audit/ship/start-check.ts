import type { AuditAnchor } from '../anchor/audit-anchor.js';
import { checkpointOf } from '../anchor/checkpoint-of.js';
import type { LogCheckpoint } from '../log/note/log-checkpoint.js';
import { openNote } from '../log/note/signed-note.js';
import type { VerifierKey } from '../log/note/verifier-key.js';
import type { AuditEvent } from '../record/audit-event.js';
import type { AuditSink, SinkMark } from './audit-sink.js';
import { checkMark } from './find-place.js';
import { readOffsets } from './offset-file.js';
import { explained } from './outage.js';
import { otherRecord, otherRoot, shorterThanMark, shorterThanNote } from './rolled-back.js';
import { answered } from './pause.js';

const TIMEOUT_MS = 5_000;

/** What {@link startCheck} compares. */
export interface StartCheckOptions {
  readonly stream: string;
  /** The folder of the stream. */
  readonly folder: string;
  /** How many records the log has. */
  readonly size: number;
  /** The epoch of the log, from 0; without it, epochs are not compared. */
  readonly epoch?: number;
  /** Gives the leaf hash of a record below `size`; `undefined` when it is not kept any more. */
  readonly leafHashAt: (seq: number) => Promise<string | undefined>;
  /** Gives the root over the first records, up to `size`; without it, roots are not compared. */
  readonly rootAt?: (size: number) => Promise<Buffer | undefined>;
  /** The identity key of the stream: anchored notes that it did not sign do not count, and are reported. */
  readonly identity?: VerifierKey;
  readonly sinks: readonly AuditSink[];
  readonly anchors: readonly AuditAnchor[];
  /** Takes what belongs into the log; must not throw. */
  readonly report: (event: AuditEvent) => void;
  /**
   * How long the sinks and anchors may take, in milliseconds.
   *
   * @default 5000
   */
  readonly timeoutMs?: number;
}

/**
 * Makes sure, before the first record is appended, that the log still has everything that was acknowledged
 * elsewhere: by the sinks, by the offset files of sinks, also of former ones, and by the anchors. One that cannot
 * be asked is reported and does not stop the start.
 *
 * @throws AuditError `AUDIT_LOG_ROLLED_BACK` when the log is shorter than one of them says, or has another record
 * or root in its place
 */
export async function startCheck(options: StartCheckOptions): Promise<void> {
  const [offsets, held, anchored] = await Promise.all([
    marksRemembered(options),
    marksHeld(options),
    notesAnchored(options),
  ]);
  for (const { holder, mark } of [...offsets, ...held])
    await checkAgainstMark(options, holder, mark);
  for (const { holder, note } of anchored) await checkAgainstNote(options, holder, note);
}

interface HeldMark {
  readonly holder: string;
  readonly mark: SinkMark;
}

interface HeldNote {
  readonly holder: string;
  readonly note: LogCheckpoint;
}

async function marksRemembered({ folder, report }: StartCheckOptions): Promise<HeldMark[]> {
  const offsets = await readOffsets(folder);
  return offsets.flatMap(({ sink, mark }) => {
    if (mark) return [{ holder: `the offset file of the sink ${sink}`, mark }];
    report(failed('audit-sink', sink, { reason: 'offset-unreadable' }));
    return [];
  });
}

async function marksHeld(options: StartCheckOptions): Promise<HeldMark[]> {
  const { stream, sinks, timeoutMs = TIMEOUT_MS, report } = options;
  const asked = sinks.map(async (sink) => {
    try {
      const mark = checkMark(await answered(sink.latest?.(stream), timeoutMs));
      return mark ? [{ holder: `the sink ${sink.name}`, mark }] : [];
    } catch (error) {
      report(failed('audit-sink', sink.name, explained(error)));
      return [];
    }
  });
  return (await Promise.all(asked)).flat();
}

async function notesAnchored(options: StartCheckOptions): Promise<HeldNote[]> {
  const { stream, anchors, timeoutMs = TIMEOUT_MS, identity, report } = options;
  const asked = anchors.map(async (anchor) => {
    try {
      const signed = await answered(anchor.latest(stream), timeoutMs);
      if (signed === undefined) return [];
      const note = checkpointOf(signed);
      const isGenuine = !identity || openNote(signed, [identity]) !== undefined;
      if (note?.stream === stream && isGenuine)
        return [{ holder: `the anchor ${anchor.name}`, note }];
      report(failed('audit-anchor', anchor.name, { reason: 'note-invalid' }));
      return [];
    } catch (error) {
      report(failed('audit-anchor', anchor.name, explained(error)));
      return [];
    }
  });
  return (await Promise.all(asked)).flat();
}

async function checkAgainstMark(
  { size, leafHashAt }: StartCheckOptions,
  holder: string,
  { seq, leafHash }: SinkMark,
): Promise<void> {
  if (seq >= size) throw shorterThanMark(holder, seq, size);
  const ours = await leafHashAt(seq);
  if (ours !== undefined && ours !== leafHash) throw otherRecord(holder, seq);
}

async function checkAgainstNote(
  { size, epoch, rootAt }: StartCheckOptions,
  holder: string,
  note: LogCheckpoint,
): Promise<void> {
  if (note.size > size || (epoch !== undefined && note.epoch > epoch))
    throw shorterThanNote(holder, note, size);
  const ours = await rootAt?.(note.size);
  if (ours && !ours.equals(note.root)) throw otherRoot(holder, note.size);
}

function failed(
  type: 'audit-sink' | 'audit-anchor',
  id: string,
  why: Pick<AuditEvent, 'reason' | 'details'>,
): AuditEvent {
  const event = type === 'audit-sink' ? 'audit_sink_failed' : 'audit_anchor_failed';
  return { event, level: 'warn', outcome: 'failure', target: { type, id }, ...why };
}
