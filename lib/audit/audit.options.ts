import type { ExecutionContext } from '@nestjs/common';
import { z } from 'zod';
import type { Clock } from '../common/clock.js';
import {
  clock,
  environmentReaders,
  nameOf,
  optionGroup,
  optionNotes,
  text,
} from '../common/option-schema.js';
import type { EventLevel } from '../events/vocabulary.js';
import type { AuditActor } from './record/audit-event.js';

/** Settings of {@link AuditService}. */
export interface AuditOptions {
  /**
   * The folder that holds the log, made with mode 0700 when the application starts. On a local disk; several
   * processes may share it, each writes a stream of its own.
   *
   * @default none: nothing is recorded, and {@link AuditService.record} fails
   */
  directory?: string;
  /**
   * The levels of events that must not go unrecorded: a handler under {@link Audit} with an event of such a level is
   * not called while the log takes no record, and its answer waits until the record is durable. `[]` for
   * none, or `none` in the environment.
   *
   * @default ['critical']
   */
  failClosed?: readonly EventLevel[];
  /**
   * Tells who makes a call of a handler under {@link Audit}, after the guards and before the handler. It must not wait.
   *
   * @default none: records have the actor of the scope around the call, if there is one
   * @example
   * audit: {
   *   actor: (context) => {
   *     const { user } = context.switchToHttp().getRequest<{ user?: { id: string } }>();
   *     return user && { type: 'user', id: user.id };
   *   },
   * }
   */
  actor?: (context: ExecutionContext) => AuditActor | undefined;
  /**
   * Tells the time in milliseconds.
   *
   * @default the top-level `clock`
   */
  clock?: Clock;
}

const LEVELS = ['info', 'warn', 'critical'] as const;

function levels() {
  const list = z.array(nameOf(LEVELS), { error: `must be a list of ${LEVELS.join(', ')}.` });
  environmentReaders.add(list, {
    // An empty variable is one that nobody filled in: it must not end the protection.
    read: (value) => (value.trim() === 'none' ? [] : value.split(',').map((level) => level.trim())),
  });
  return list;
}

/** The schema of `audit`. */
export const auditSchema = optionGroup(
  {
    directory: text(
      'must be the path of a folder, such as ./data/audit (or set SECURITY_AUDIT_DIRECTORY).',
    )
      .optional()
      .register(optionNotes, {
        about: 'The folder that holds the audit log.',
        byDefault: 'nothing is recorded',
      }),
    failClosed: levels().default(['critical']).register(optionNotes, {
      about: 'The levels of events without whose record a handler under `@Audit()` does not run.',
      type: 'list',
      byDefault: '`critical`',
    }),
    actor: z
      .custom<(context: ExecutionContext) => AuditActor | undefined>(
        (value) => typeof value === 'function',
        { error: 'must be a function that gives an actor, such as { id: user.id }.' },
      )
      .optional()
      .register(optionNotes, {
        about: 'Tells who calls a handler under `@Audit()`.',
        type: 'function',
        byDefault: 'none',
      }),
    clock: clock().optional().register(optionNotes, {
      about: 'Tells the time in milliseconds.',
      byDefault: 'the top-level `clock`',
    }),
  },
  "{ directory: './data/audit' }",
);

/** {@link AuditOptions} after checking. */
export type ResolvedAuditOptions = Readonly<z.output<typeof auditSchema>>;

/** The injection token of {@link ResolvedAuditOptions}. */
export const AUDIT_OPTIONS = Symbol('nestjs-security:audit-options');

/** Where the audit log is, for the boot log; nothing without one. */
export function describeAudit({ directory }: ResolvedAuditOptions): string | undefined {
  return directory && `audit: ${directory}`;
}
