import type { ExecutionContext } from '@nestjs/common';
import { z } from 'zod';
import type { Clock } from '../common/clock.js';
import {
  clock,
  environmentReaders,
  flag,
  nameOf,
  optionGroup,
  optionNotes,
  text,
  wholeNumber,
} from '../common/option-schema.js';
import type { EventLevel } from '../events/vocabulary.js';
import { AuditAnchor } from './anchor/audit-anchor.js';
import type { RetentionOptions } from './log/retention/retention.options.js';
import type { AuditActor } from './record/audit-event.js';
import type { RecordApp } from './record/audit-record.js';
import { AuditSink } from './ship/audit-sink.js';

/** Settings of {@link AuditService}. */
export interface AuditOptions {
  /**
   * The folder that holds the log, made with mode 0700 when the application starts. On a local disk; several
   * processes may share it, each writes a stream of its own. `false` for a place without a disk: records go to
   * the `sinks` only, and their receipts say `durability: 'none'`.
   *
   * @default none: nothing is recorded, and {@link AuditService.record} fails
   */
  directory?: string | false;
  /**
   * The folder of the private keys that sign checkpoints, made with mode 0700. Keep it out of backups: a key
   * that comes back from one signs what it should not.
   *
   * @default `keys` in `directory`
   */
  keyDirectory?: string;
  /**
   * Where records go beside the log: databases, a SIEM. Records come in order and at least once.
   *
   * @default none
   */
  sinks?: readonly AuditSink[];
  /**
   * Where checkpoints are kept, off this host: without one, who takes the host over can rewrite what the key of
   * the current epoch has signed.
   *
   * @default none
   */
  anchors?: readonly AuditAnchor[];
  /**
   * How long records are kept.
   *
   * @default forever
   */
  retention?: RetentionOptions;
  /**
   * What stands in every record as `app`.
   *
   * @default none
   */
  app?: RecordApp;
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

function folderOrFalse() {
  const error =
    'must be the path of a folder, such as ./data/audit (or set SECURITY_AUDIT_DIRECTORY), or false to keep no log here.';
  const path = z.custom<string | false>(
    (value) => value === false || (typeof value === 'string' && value.trim() !== ''),
    { error },
  );
  environmentReaders.add(path, { read: (value) => (value === 'false' ? false : value) });
  return path;
}

const retentionSchema = optionGroup(
  {
    days: wholeNumber('days', 1, 36_500).optional().register(optionNotes, {
      about: 'A segment goes when its last record is that many days old.',
      byDefault: 'age is no reason',
    }),
    maxBytes: wholeNumber('bytes', 1024 * 1024, Number.MAX_SAFE_INTEGER)
      .optional()
      .register(optionNotes, {
        about: 'The oldest segments go while all together are longer.',
        byDefault: 'size is no reason',
      }),
    legalHold: flag().default(false).register(optionNotes, {
      about: 'Nothing goes, whatever the other settings say.',
    }),
  },
  '{ days: 400 }',
);

const appSchema = optionGroup(
  {
    name: text('must be a text, such as billing.').optional().register(optionNotes, {
      about: 'The name of the application.',
      byDefault: 'none',
    }),
    version: text('must be a text, such as 1.4.2.').optional().register(optionNotes, {
      about: 'Its version.',
      byDefault: 'none',
    }),
    instance: text('must be a text, such as the name of the host.')
      .optional()
      .register(optionNotes, { about: 'Which of its processes it is.', byDefault: 'none' }),
  },
  "{ name: 'billing' }",
);

/** The schema of `audit`. */
export const auditSchema = optionGroup(
  {
    directory: folderOrFalse().optional().register(optionNotes, {
      about: 'The folder that holds the audit log, or `false` to keep none.',
      type: 'text or `false`',
      byDefault: 'nothing is recorded',
    }),
    keyDirectory: text('must be the path of a folder, such as ./data/audit-keys.')
      .optional()
      .register(optionNotes, {
        about: 'The folder of the keys that sign checkpoints.',
        byDefault: '`keys` in `directory`',
      }),
    sinks: z
      .array(z.instanceof(AuditSink, { error: 'must be an AuditSink.' }))
      .refine((sinks) => new Set(sinks.map(({ name }) => name)).size === sinks.length, {
        error: 'must have names of their own: each is remembered by its name how far it has come.',
      })
      .default([])
      .register(optionNotes, {
        about: 'Where records go beside the log.',
        type: 'list of `AuditSink`',
        byDefault: 'none',
      }),
    anchors: z
      .array(
        z.instanceof(AuditAnchor, {
          error: "must be an AuditAnchor, such as new DirectoryAuditAnchor('/mnt/anchor').",
        }),
      )
      .default([])
      .register(optionNotes, {
        about: 'Where checkpoints are kept, off this host.',
        type: 'list of `AuditAnchor`',
        byDefault: 'none',
      }),
    retention: retentionSchema.optional(),
    app: appSchema.optional(),
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
  return directory === undefined ? undefined : `audit: ${directory || 'sinks only'}`;
}
