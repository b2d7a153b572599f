import type { OwnEventName } from '../../../events/owasp-vocabulary.js';
import type { EventLevel } from '../../../events/vocabulary.js';
import { toJsonText } from '../../record/json-text.js';

/** What the log writes about itself. */
export interface OwnRecord {
  readonly event: OwnEventName;
  readonly level: EventLevel;
  readonly details?: Readonly<Record<string, string | number | boolean>>;
  /** How many occurrences it stands for. */
  readonly n?: number;
}

/** The body of such a record: nothing in it comes from outside, so nothing has to be taken out. */
export function ownRecordBody({ event, level, details, n }: OwnRecord, now = Date.now()): string {
  const fields = {
    time: new Date(now).toISOString(),
    event,
    level,
    ...(details && { details }),
    ...(n !== undefined && { n }),
  };
  return toJsonText(fields).slice(1);
}
