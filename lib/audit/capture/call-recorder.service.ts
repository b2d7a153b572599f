import { Inject, Injectable, Logger, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AsyncResource } from 'node:async_hooks';
import { types } from 'node:util';
import { factsOf, httpRequestOf } from '../../context/http-request.js';
import { requestIdOf, traceIdOf } from '../../context/request-id.js';
import { SecurityError } from '../../errors/security.error.js';
import { defaultLevelOf } from '../../events/owasp-vocabulary.js';
import type { EventLevel } from '../../events/vocabulary.js';
import { AUDIT_OPTIONS, type ResolvedAuditOptions } from '../audit.options.js';
import { AuditService } from '../audit.service.js';
import { AuditLog } from '../log/audit-log.js';
import type { AuditEvent } from '../record/audit-event.js';
import { HandlerAuditRule, type AuditRule } from './audit-rule.js';
import { AuditScope, type AuditScopeContext } from './audit-scope.js';
import type { CallEnding } from './concluded.js';
import { failureReason } from './failure-reason.js';
import { assertTakes, unavailable } from './log-availability.js';

/** A call of a handler that is recorded. */
export interface RecordedCall {
  /** Runs a function in the scope of the call. */
  run<T>(fn: () => T): T;
  /** Records how it ended; for a level of `audit.failClosed`, resolves when the record is durable. */
  conclude(ending: CallEnding): Promise<void>;
}

/**
 * Records the calls of handlers under {@link Audit}.
 *
 * @internal
 */
@Injectable()
export class CallRecorder {
  readonly #logger = new Logger('AuditService');
  readonly #begun = new WeakSet<ExecutionContext>();

  constructor(
    @Inject(AUDIT_OPTIONS) private readonly options: ResolvedAuditOptions,
    private readonly log: AuditLog,
    private readonly audit: AuditService,
    private readonly scope: AuditScope,
    private readonly reflector: Reflector,
  ) {}

  /**
   * @throws AuditError `AUDIT_UNAVAILABLE` for a call that must not go unrecorded while the log takes no record
   * @throws SecurityConfigurationError `AUDIT_NOT_CONFIGURED` when there is no log at all
   */
  async assertRecordable(context: ExecutionContext): Promise<void> {
    const rule = this.#ruleOf(context);
    const level = rule && (rule.level ?? defaultLevelOf(rule.event));
    if (level && this.#isFailClosed(level)) await assertTakes(this.log, level);
  }

  /** Begins to record a call; gives nothing for one that is not recorded, or is already by its class. */
  begin(context: ExecutionContext): RecordedCall | undefined {
    const rule = this.#ruleOf(context);
    if (!rule || this.#begun.has(context)) return undefined;
    this.#begun.add(context);
    const call = this.scope.run(this.#scopeOf(rule, context), () => new AsyncResource('AuditCall'));
    return {
      run: (fn) => call.runInAsyncScope(fn),
      conclude: (ending) =>
        call.runInAsyncScope(() => this.#record(this.#eventOf(rule, context, ending))),
    };
  }

  #ruleOf(context: ExecutionContext): AuditRule | undefined {
    const targets = [context.getHandler(), context.getClass()];
    const rule: AuditRule | 'skip' | undefined = this.reflector.getAllAndOverride(
      HandlerAuditRule,
      targets,
    );
    return rule === 'skip' ? undefined : rule;
  }

  #isFailClosed(level: EventLevel): boolean {
    return this.options.failClosed.includes(level);
  }

  #scopeOf(rule: AuditRule, context: ExecutionContext): AuditScopeContext {
    const request = httpRequestOf(context);
    const trace = request && traceIdOf(request);
    const actor = this.#resolved(rule, 'actor', () => this.options.actor?.(context));
    return {
      ...(request && { ...factsOf(request), req: requestIdOf(request) }),
      ...(trace !== undefined && { trace }),
      ...(actor && { actor }),
    };
  }

  #eventOf(rule: AuditRule, context: ExecutionContext, ending: CallEnding): AuditEvent {
    const result = ending.outcome === 'success' ? ending.result : undefined;
    const actor = this.#resolved(rule, 'actor', () => rule.actor?.(context, result));
    const target = this.#resolved(rule, 'target', () => rule.target?.(context, result));
    const details = this.#resolved(rule, 'details', () => rule.details?.(context, result));
    const reason = reasonOf(ending);
    return {
      event: rule.event,
      ...(rule.level && { level: rule.level }),
      outcome: ending.outcome,
      ...(reason !== undefined && { reason }),
      ...(actor && { actor }),
      ...(target && { target }),
      ...(details && { details }),
    };
  }

  /** That a field cannot be told must not cost the record. */
  #resolved<T>(rule: AuditRule, field: string, resolve: () => T): T | undefined {
    try {
      return told(resolve());
    } catch (error) {
      this.#logger.error(`the ${field} of ${rule.event} could not be told`, error);
      return undefined;
    }
  }

  async #record(event: AuditEvent): Promise<void> {
    if (event.outcome === 'unknown' || !this.#isFailClosed(levelOf(event))) {
      this.audit.emit(event);
      return;
    }
    try {
      await this.audit.record(event);
    } catch (error) {
      if (event.outcome === 'success') {
        throw error instanceof SecurityError ? error : unavailable('it failed', error);
      }
      // The caller is told of the handler's own error.
      this.#logger.error(error);
    }
  }
}

/** The record does not wait for a promise: nothing of it would be in the record, and its error would end the process. */
function told<T>(value: T): T {
  if (!types.isPromise(value)) return value;
  value.catch(() => undefined);
  throw new TypeError('it is told by a promise, and the record waits for none');
}

function levelOf({ event, level, outcome }: AuditEvent): EventLevel {
  return level ?? defaultLevelOf(event, outcome);
}

function reasonOf(ending: CallEnding): string | undefined {
  if (ending.outcome === 'failure') return failureReason(ending.error);
  return ending.outcome === 'unknown' ? 'aborted' : undefined;
}
