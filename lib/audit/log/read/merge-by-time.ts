import type { AuditRecord } from '../../record/audit-record.js';

/** Puts two lists of records into one by their times, and keeps the order within each of them. */
export function mergeByTime(
  one: readonly AuditRecord[],
  other: readonly AuditRecord[],
): AuditRecord[] {
  const merged: AuditRecord[] = [];
  const [left, right] = [one.values(), other.values()];
  let [a, b] = [left.next(), right.next()];
  while (!a.done || !b.done) {
    if (b.done || (!a.done && a.value.time <= b.value.time)) {
      if (!a.done) merged.push(a.value);
      a = left.next();
    } else {
      merged.push(b.value);
      b = right.next();
    }
  }
  return merged;
}
