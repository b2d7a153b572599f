import { Injectable } from '@nestjs/common';
import { AsyncLocalStorage } from 'node:async_hooks';
import { refuseUnknown } from '../../common/refuse-unknown.js';
import type { EventOrigin, EventRoute, EventSubject } from '../../events/security-event.js';
import type { AuditActor, AuditEvent } from '../record/audit-event.js';

const KNOWN = ['actor', 'tenant', 'target', 'origin', 'http', 'req', 'trace'];

/**
 * What {@link AuditService.scope} takes: fields of the records that are made inside, where these say nothing else.
 *
 * @example
 * const context: AuditScopeContext = { actor: { type: 'job', id: 'nightly-export' }, tenant: 'acme' };
 */
export interface AuditScopeContext {
  /** Who acts. Takes the place of the actor around it as a whole, with all of its fields. */
  actor?: AuditActor;
  /** The tenant of every actor that names none; a record without an actor gets one that is only this. */
  tenant?: string;
  /** What is acted upon. */
  target?: EventSubject;
  /** Where the request came from. */
  origin?: EventOrigin;
  /** Which route it asked for. */
  http?: EventRoute;
  /** The id of the request, or of the job. */
  req?: string;
  /** The trace id of W3C Trace Context: 32 lower-case hexadecimal digits. */
  trace?: string;
}

/**
 * Holds what records that are made in the course of one request or job have in common. Scopes of calls that run at
 * the same time do not see each other.
 */
@Injectable()
export class AuditScope {
  readonly #storage = new AsyncLocalStorage<AuditScopeContext>();

  /**
   * Calls a function within a scope, nested into the one around it: what it gives wins, field by field.
   *
   * @returns what the function returns
   * @throws TypeError for a field that a scope does not have
   */
  run<T>(context: AuditScopeContext, fn: () => T): T {
    refuseUnknown(context, KNOWN, 'the scope');
    return this.#storage.run({ ...this.#storage.getStore(), ...given(context) }, fn);
  }

  /** The event with what the scope knows; its own fields win. */
  apply(event: AuditEvent): AuditEvent {
    const context = this.#storage.getStore();
    if (!context || typeof event !== 'object' || event === null) return event;
    const { tenant, ...defaults } = context;
    const scoped: AuditEvent = { ...defaults, ...given(event) };
    if (tenant === undefined || scoped.actor?.tenant !== undefined) return scoped;
    return { ...scoped, actor: { ...scoped.actor, tenant } };
  }
}

/** Without what is `undefined`, which would hide a default. */
function given<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
