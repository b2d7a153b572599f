import { REDACTED } from '../../../common/secret.js';

/** What stands in the place of whatever was left out. It is no value, whatever stands before it. */
export const CUT = '[cut]';

/** A part of a text that must not be written, and what stands in its place. */
export interface Finding {
  readonly start: number;
  readonly end: number;
  readonly shown: string;
}

/** Looks for one kind of secret. The order of what it gives is of no matter. */
export type Detector = (text: string) => readonly Finding[];

export function secretAt(start: number, end: number): Finding {
  return { start, end, shown: REDACTED };
}

/**
 * The text up to `limit` with something else in the place of what was found. What reaches across the limit
 * is left out whole. Of findings that overlap, the outer one stands for both.
 */
export function withoutFindings(text: string, findings: readonly Finding[], limit: number): string {
  let safe = '';
  let at = 0;
  for (const { start, end, shown } of merged(findings)) {
    if (end > limit) return safe + text.slice(at, Math.min(start, limit));
    safe += text.slice(at, start) + shown;
    at = end;
  }
  return safe + text.slice(at, limit);
}

function merged(findings: readonly Finding[]): Finding[] {
  const inOrder = findings.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const apart: Finding[] = [];
  for (const finding of inOrder) {
    const last = apart.at(-1);
    if (!last || last.end <= finding.start) apart.push(finding);
    else if (last.end < finding.end) apart[apart.length - 1] = secretAt(last.start, finding.end);
  }
  return apart;
}
