import type { OwnRecord } from './own-record.js';

/** Why records were not written. */
export type LossReason = 'disk-full' | 'queue-full' | 'write-failed';

/** Records that were not written, to be counted in the log. */
export interface Loss {
  readonly reason: LossReason;
  readonly lost: number;
  /** How many of them were critical. */
  readonly critical: number;
  /** When the first and the last of them came, in milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
}

/** Counts what was not written, exactly, until it can be recorded. */
export class Gap {
  readonly #losses = new Map<LossReason, Loss>();

  get isOpen(): boolean {
    return this.#losses.size > 0;
  }

  /** How many records, whatever the reason. */
  get lost(): number {
    return [...this.#losses.values()].reduce((sum, { lost }) => sum + lost, 0);
  }

  add(loss: Loss): void {
    const known = this.#losses.get(loss.reason);
    this.#losses.set(
      loss.reason,
      known
        ? {
            reason: loss.reason,
            lost: known.lost + loss.lost,
            critical: known.critical + loss.critical,
            since: Math.min(known.since, loss.since),
            until: Math.max(known.until, loss.until),
          }
        : loss,
    );
  }

  /** One record for each reason. */
  records(): OwnRecord[] {
    return [...this.#losses.values()].map(({ reason, lost, critical, since, until }) => ({
      event: 'audit_gap',
      level: 'critical',
      details: {
        reason,
        lost,
        critical,
        since: new Date(since).toISOString(),
        until: new Date(until).toISOString(),
      },
      n: lost,
    }));
  }

  /** Takes what was counted, to hand it on. */
  take(): Loss[] {
    const losses = [...this.#losses.values()];
    this.#losses.clear();
    return losses;
  }

  clear(): void {
    this.#losses.clear();
  }
}
