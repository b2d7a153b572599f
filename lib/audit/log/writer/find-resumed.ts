import { leafHash } from '../leaf-hash.js';
import type { ToldLoss } from './gap.js';
import { readLines } from './read-leaves.js';
import type { SegmentName } from './segment-names.js';
import type { Resumed, WriterSetup, WrittenPlace } from './writer-setup.js';

/** Looks for what a writer that died had written, though it could not say so. */
export async function findResumed(
  { folder, resume }: WriterSetup,
  segments: readonly SegmentName[],
  nextSeq: number,
): Promise<Resumed> {
  const places = new Map<number, WrittenPlace>();
  const told: ToldLoss[] = [];
  if (!resume) return { places, told };
  const { bodies } = resume;
  let from = 0;
  for await (const { seq, line } of readLines(folder, segments, resume.nextSeq, nextSeq)) {
    const index = bodies.findIndex((body, at) => at >= from && line.endsWith(`",${body}`));
    if (index === -1) told.push(...lossIn(line));
    else {
      places.set(index, { seq, leafHash: leafHash(Buffer.from(line, 'utf8')) });
      from = index + 1;
    }
  }
  return { places, told };
}

function lossIn(line: string): ToldLoss[] {
  if (!line.includes('"event":"audit_gap"')) return [];
  const { event, details } = JSON.parse(line) as { event: unknown; details?: Partial<ToldLoss> };
  // The same text may stand within the details of another one.
  if (event !== 'audit_gap') return [];
  const { reason, lost, critical } = details ?? {};
  const isLoss = reason !== undefined && lost !== undefined && critical !== undefined;
  return isLoss ? [{ reason, lost, critical }] : [];
}
