import { inspect } from 'node:util';

/** Whom personal data is about. */
export interface PersonalSubject {
  /** What kind of subject it is, such as `user`: 1 to 64 characters. */
  readonly type: string;
  /** Its id, 1 to 256 characters, compared as it is. It is never written. */
  readonly id: string;
}

const MAX_TYPE = 64;
const MAX_ID = 256;
const SHOWN = '[personal]';

/** A value that {@link personal} has marked. Wherever it is printed, it shows `[personal]`. */
export class PersonalData {
  readonly #subject: PersonalSubject;
  readonly #value: unknown;

  constructor(subject: PersonalSubject, value: unknown) {
    this.#subject = checkedSubject(subject);
    this.#value = value;
  }

  /** Whom it is about. */
  get subject(): PersonalSubject {
    return this.#subject;
  }

  /** Gives the value itself. */
  reveal(): unknown {
    return this.#value;
  }

  /** @returns `[personal]` */
  toString(): string {
    return SHOWN;
  }

  /** @returns `[personal]` */
  toJSON(): string {
    return SHOWN;
  }

  /** @internal */
  [inspect.custom](): string {
    return SHOWN;
  }
}

/**
 * Marks a value within the `details` of an audit event as somebody's. The record holds it encrypted
 * (AES-256-GCM) under a key of that subject, so that `AuditService.forget` makes it unreadable in every
 * record, and `AuditService.reveal` reads it until then. Secrets are taken out of it as of all else; as JSON
 * it may have 4,096 bytes, of a larger value only `[cut]` is kept.
 *
 * @param subject whom the value is about, by type and id
 * @param value anything that JSON can hold
 * @throws TypeError for a subject without a type (1 to 64 characters) and an id (1 to 256)
 * @example
 * await audit.record({
 *   event: 'user_updated',
 *   target: { type: 'user', id: user.id },
 *   details: { address: personal({ type: 'user', id: user.id }, user.address) },
 * });
 */
export function personal(subject: PersonalSubject, value: unknown): PersonalData {
  return new PersonalData(subject, value);
}

/** @throws TypeError for anything but a type of 1 to 64 characters and an id of 1 to 256 */
export function checkedSubject(subject: unknown): PersonalSubject {
  const { type, id } = Object(subject) as Partial<Record<keyof PersonalSubject, unknown>>;
  if (isName(type, MAX_TYPE) && isName(id, MAX_ID)) return Object.freeze({ type, id });
  throw new TypeError(
    `a subject needs a type of 1 to ${MAX_TYPE} characters and an id of 1 to ${MAX_ID}, both strings without lone surrogates`,
  );
}

function isName(value: unknown, max: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= max && value.isWellFormed();
}
