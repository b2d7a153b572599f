import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { AUDIT_OPTIONS, type ResolvedAuditOptions } from '../audit.options.js';
import { AuditService } from '../audit.service.js';
import { AuditLog } from '../log/audit-log.js';
import { UnconfiguredAuditLog } from '../log/unconfigured-audit-log.js';
import { ClockWatch } from './clock-watch.js';

const INTERVAL_MS = 1_000;

/**
 * Records `audit_clock_stepped` when the system's time is set by more than a second while the application runs: the
 * times of records before and after it do not go together. A machine that was suspended looks the same. An
 * application that brings its own clock is not watched.
 */
@Injectable()
export class ClockWatchService implements OnApplicationBootstrap, OnModuleDestroy {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(AUDIT_OPTIONS) private readonly options: ResolvedAuditOptions,
    private readonly log: AuditLog,
    private readonly audit: AuditService,
  ) {}

  onApplicationBootstrap(): void {
    if (this.options.clock || this.log instanceof UnconfiguredAuditLog) return;
    // Both as they are now: a test that replaces one of them later has not set the time.
    const { now: wall } = Date;
    const monotonic = performance.now.bind(performance);
    const watch = new ClockWatch({ wall, monotonic });
    this.#timer = setInterval(() => this.#check(watch), INTERVAL_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  #check(watch: ClockWatch): void {
    const byMs = watch.check();
    if (byMs === undefined) return;
    this.audit.emit({ event: 'audit_clock_stepped', level: 'warn', details: { byMs } });
  }
}
