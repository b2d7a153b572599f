import { randomBytes } from 'node:crypto';
import type { Clock } from '../../common/clock.js';
import { KeyringError } from '../../errors/keyring.error.js';
import type { Identifier } from '../../events/security-event.js';
import type { AuditEvent } from './audit-event.js';
import { recordBody, type RecordApp } from './audit-record.js';
import { CUT } from './detect/finding.js';
import { HarmlessTexts } from './harmless-texts.js';
import { IsoTimes } from './iso-times.js';
import type { PersonalData, PersonalSubject } from './personal/personal-data.js';
import {
  MAX_PERSONAL_BYTES,
  personalTokenLength,
  sealPersonal,
} from './personal/personal-token.js';
import { FORGOTTEN, type SubjectKeys } from './personal/subject-keys.js';
import { redact } from './redact.js';

/** What bodies of records are made with. */
export interface RecordBodiesOptions {
  /** The time in milliseconds. */
  readonly clock: Clock;
  /** What stands in every record as `app`. */
  readonly app?: RecordApp | undefined;
  readonly pseudonymOf: (identifier: Identifier) => string;
  /** The keys for personal data; without them it is written as `[redacted]`. */
  readonly subjectKeys?: SubjectKeys | undefined;
}

interface Pending {
  readonly subject: PersonalSubject;
  readonly text: string;
  /** Stands in the body meanwhile, as long as the token will be, and equal to nothing else. */
  readonly placeholder: string;
}

/** Without usable keys an event is recorded all the same. */
const UNAVAILABLE = '[unavailable]';

/** Writes the bodies of records; at once, unless an event holds personal data, whose keys are read from the disk. */
export class RecordBodies {
  readonly #options: RecordBodiesOptions;
  readonly #harmless = new HarmlessTexts();
  readonly #times = new IsoTimes();

  constructor(options: RecordBodiesOptions) {
    this.#options = options;
  }

  /**
   * As {@link recordBody}.
   *
   * @throws AuditError `AUDIT_EVENT_INVALID` at once, or rejects with `AUDIT_SUBJECT_KEY_UNUSABLE`
   */
  of(event: AuditEvent): string | Promise<string> {
    const { clock, app, pseudonymOf, subjectKeys } = this.#options;
    const pending: Pending[] = [];
    const personalText = (data: PersonalData): string => {
      const one = pendingOf(data);
      pending.push(one);
      return one.placeholder;
    };
    const body = recordBody(event, {
      time: this.#times.of(clock()),
      pseudonymOf,
      harmless: this.#harmless,
      app,
      personalText: subjectKeys && personalText,
    });
    return subjectKeys && pending.length > 0 ? sealed(body, pending, subjectKeys) : body;
  }
}

function pendingOf(data: PersonalData): Pending {
  const whole = JSON.stringify(redact(data.reveal(), (address) => address));
  const isTooLong = Buffer.byteLength(whole, 'utf8') > MAX_PERSONAL_BYTES;
  const text = isTooLong ? JSON.stringify(CUT) : whole;
  const length = personalTokenLength(Buffer.byteLength(text, 'utf8'));
  const placeholder = randomBytes(length).toString('base64url').slice(0, length);
  return { subject: data.subject, text, placeholder };
}

async function sealed(
  body: string,
  pending: readonly Pending[],
  keys: SubjectKeys,
): Promise<string> {
  // A body that had to be cut holds fewer.
  const held = pending.filter(({ placeholder }) => body.includes(placeholder));
  const texts = await Promise.all(held.map((one) => tokenOf(one, keys)));
  return held.reduce(
    (written, { placeholder }, index) => written.replace(placeholder, texts[index] ?? UNAVAILABLE),
    body,
  );
}

async function tokenOf({ subject, text }: Pending, keys: SubjectKeys): Promise<string> {
  try {
    const key = await keys.keyFor(subject);
    return key ? sealPersonal(text, key) : FORGOTTEN;
  } catch (error) {
    if (error instanceof KeyringError) return UNAVAILABLE;
    throw error;
  }
}
