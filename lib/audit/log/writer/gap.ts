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

/** Losses as a record tells of them. */
export type ToldLoss = Pick<Loss, 'lost' | 'critical'> & { readonly reason: string };

/** How many records, whatever the reason. */
export function lostIn(losses: readonly Loss[]): number {
  return losses.reduce((sum, { lost }) => sum + lost, 0);
}

/** What is still to be recorded of losses when a part of it was. */
export function withoutTold(losses: readonly Loss[], told: readonly ToldLoss[]): Loss[] {
  const gap = new Gap();
  for (const loss of losses) gap.add(loss);
  return gap.losses.flatMap((loss) => {
    const same = told.filter(({ reason }) => reason === loss.reason);
    const lost = loss.lost - same.reduce((sum, each) => sum + each.lost, 0);
    const critical = loss.critical - same.reduce((sum, each) => sum + each.critical, 0);
    return lost > 0 ? [{ ...loss, lost, critical: Math.max(0, critical) }] : [];
  });
}

/** Counts what was not written, exactly, until it can be recorded. */
export class Gap {
  readonly #losses = new Map<LossReason, Loss>();

  get isOpen(): boolean {
    return this.#losses.size > 0;
  }

  /** What was counted, by reason. */
  get losses(): readonly Loss[] {
    return [...this.#losses.values()];
  }

  /** How many records, whatever the reason. */
  get lost(): number {
    return lostIn(this.losses);
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
