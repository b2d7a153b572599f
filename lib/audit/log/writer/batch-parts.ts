import { withoutTold, type Loss } from './gap.js';
import type { Resumed, WriterBatch, WriterResult, WrittenPlace } from './writer-setup.js';

/** What became of the bodies of a batch. */
export interface Written {
  /** Where each of them is now; `undefined` for one that was refused. */
  readonly places: readonly (WrittenPlace | undefined)[];
  readonly reason?: WriterResult['reason'];
  readonly code?: string;
}

/** What of a batch no writer has written yet, and of which losses none has told. */
export function stillToWrite(
  { bodies, critical, losses }: WriterBatch,
  { places, told }: Resumed,
  before: readonly Loss[],
): WriterBatch {
  const left = [...bodies.keys()].filter((at) => !places.has(at));
  const isCritical = new Set(critical);
  return {
    bodies: left.map((at) => bodies[at] ?? ''),
    critical: [...left.keys()].filter((index) => isCritical.has(left[index] ?? -1)),
    losses: withoutTold([...before, ...losses], told),
  };
}

/** Where the bodies of a batch are, as its writer says. */
export function placed({ bodies }: WriterBatch, result: WriterResult): Written {
  const { firstSeq, leafHashes, refused, reason, code } = result;
  const isRefused = new Set(refused);
  let nth = 0;
  const places = bodies.map((_, index) => {
    if (isRefused.has(index)) return undefined;
    const leafHash = leafHashes.slice(nth * 64, nth * 64 + 64);
    const seq = firstSeq + nth;
    nth += 1;
    return { seq, leafHash };
  });
  return { places, ...(reason && { reason }), ...(code !== undefined && { code }) };
}
