import { AuditFork } from '../audit/ship/audit-fork.js';
import type { ShippedRecord } from '../audit/ship/audit-sink.js';
import { recordPrefix } from '../audit/log/chain.js';

/** The leaf hashes that a table holds, by places. */
export type HeldRecords = ReadonlyMap<number, string>;

/**
 * The records that the table does not hold yet.
 *
 * @throws AuditFork when it holds another record in the place of one, or before the first
 */
export function freshRecords(
  records: readonly ShippedRecord[],
  held: HeldRecords,
): readonly ShippedRecord[] {
  const forked = records.find(({ seq, leafHash }) => (held.get(seq) ?? leafHash) !== leafHash);
  if (forked) throw new AuditFork('sink-mismatch', forked.seq);
  const fresh = records.filter(({ seq }) => !held.has(seq));
  const [first] = fresh;
  const before = first && held.get(first.seq - 1);
  if (first && before !== undefined && !continues(first, before))
    throw new AuditFork('sink-mismatch', first.seq - 1);
  return fresh;
}

function continues({ stream, seq, line }: ShippedRecord, before: string): boolean {
  return line.startsWith(recordPrefix(stream, seq, before));
}
