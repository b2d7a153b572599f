import { z } from 'zod';
import type { Clock } from '../common/clock.js';
import { clock, optionGroup, optionNotes, text } from '../common/option-schema.js';

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
   * Tells the time in milliseconds.
   *
   * @default the top-level `clock`
   */
  clock?: Clock;
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
