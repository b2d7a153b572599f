import { Option, type Command } from 'commander';
import type { RecordFilter } from '../audit/log/read/record-filter.js';
import type { Identifier } from '../events/security-event.js';
import type { EventLevel } from '../events/vocabulary.js';
import { identifier, moment, several } from './audit-arguments.js';

/** The options that say which records are meant. */
export interface FilterFlags {
  readonly stream?: string;
  readonly event?: readonly string[];
  readonly level?: EventLevel;
  readonly outcome?: 'success' | 'failure' | 'unknown';
  readonly actor?: string;
  readonly actorIdentifier?: Identifier;
  readonly tenant?: string;
  readonly target?: string;
  readonly since?: Date;
  readonly until?: Date;
}

/** Adds the options of {@link FilterFlags}. */
export function addFilterOptions(command: Command): Command {
  return command
    .option('--stream <name>', 'of one stream only')
    .option('--event <name>', 'with this event; several', several)
    .addOption(new Option('--level <level>').choices(['info', 'warn', 'critical']))
    .addOption(new Option('--outcome <outcome>').choices(['success', 'failure', 'unknown']))
    .option('--actor <id>', 'by the actor with this id')
    .option(
      '--actor-identifier <type:value>',
      'by the actor with this identifier, such as email:alice@example.com; found by its pseudonyms, with the keys of the SECURITY_* variables',
      identifier,
    )
    .option('--tenant <id>', 'on behalf of this tenant')
    .option('--target <type:id>', 'on this target; report: and :7 stand for any of the other')
    .option('--since <date>', 'not before then', moment)
    .option('--until <date>', 'before then', moment);
}

/** The filter that the options stand for. */
export function filterOf(flags: FilterFlags): Omit<RecordFilter, 'limit'> {
  const { stream, event, level, outcome, actor, actorIdentifier, tenant, target } = flags;
  const { since, until } = flags;
  const actorFilter = {
    ...(actor !== undefined && { id: actor }),
    ...(actorIdentifier && { identifier: actorIdentifier }),
    ...(tenant !== undefined && { tenant }),
  };
  return {
    ...(stream !== undefined && { stream }),
    ...(event && { event }),
    ...(level && { level }),
    ...(outcome && { outcome }),
    ...(Object.keys(actorFilter).length > 0 && { actor: actorFilter }),
    ...(target !== undefined && { target: targetOf(target) }),
    ...(since && { since }),
    ...(until && { until }),
  };
}

function targetOf(text: string): { type?: string; id?: string } {
  const at = text.indexOf(':');
  const [type, id] = at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  return { ...(type !== '' && { type }), ...(id !== '' && { id }) };
}
