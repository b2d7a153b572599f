import type { ShippedRecord } from 'nestjs-security';
import { chainLine, type ChainEnd } from '../../lib/audit/log/chain.js';

/** The end of a stream that has no record. */
export const EMPTY_END: ChainEnd = { nextSeq: 0, prev: '0'.repeat(64) };

/** Records as a shipper hands them to a sink, each linked to the one before. */
export function shippedRecords(
  stream: string,
  count: number,
  { from = EMPTY_END, text = 'x' }: { from?: ChainEnd; text?: string } = {},
): ShippedRecord[] {
  let end = from;
  return Array.from({ length: count }, () => {
    const { nextSeq: seq } = end;
    const chained = chainLine(stream, end, bodyOf(seq, text));
    end = chained.end;
    const line = chained.line.toString('utf8', 0, chained.line.length - 1);
    return { id: chained.id, stream, seq, leafHash: chained.leafHash, line };
  });
}

function bodyOf(seq: number, text: string): string {
  const time = new Date(1_800_000_000_000 + seq).toISOString();
  const body = { time, event: 'authn_login_fail', level: 'warn', outcome: 'failure' };
  return JSON.stringify({ ...body, details: { text } }).slice(1);
}
