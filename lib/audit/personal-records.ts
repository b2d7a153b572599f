import type { Receipt } from './log/audit-log.js';
import type { AuditEvent } from './record/audit-event.js';
import type { AuditRecord } from './record/audit-record.js';
import type { PersonalSubject } from './record/personal/personal-data.js';
import { revealPersonal } from './record/personal/reveal-personal.js';
import type { SubjectKeys } from './record/personal/subject-keys.js';

/** What is done with the personal data of a log, and the records of that. */
export class PersonalRecords {
  readonly #keys: SubjectKeys;
  readonly #record: (event: AuditEvent) => Promise<Receipt>;

  constructor(keys: SubjectKeys, record: (event: AuditEvent) => Promise<Receipt>) {
    this.#keys = keys;
    this.#record = record;
  }

  /** As `AuditService.forget`. */
  async forget(subject: PersonalSubject): Promise<Receipt> {
    const target = { type: subject.type, id: await this.#keys.forget(subject) };
    return this.#record({ event: 'audit_subject_forgotten', outcome: 'success', target });
  }

  /** As `AuditService.readmit`. */
  async readmit(subject: PersonalSubject): Promise<Receipt | undefined> {
    if (!(await this.#keys.isForgotten(subject))) return undefined;
    const target = { type: subject.type, id: this.#keys.pseudonymOf(subject) };
    const event = 'audit_subject_readmitted';
    // Recorded first: nobody may be taken in again unseen, whatever crashes come.
    const receipt = await this.#record({ event, outcome: 'success', target });
    await this.#keys.readmit(subject);
    return receipt;
  }

  /** As `AuditService.reveal`. */
  async reveal(record: AuditRecord): Promise<AuditRecord> {
    const { details } = record;
    if (details === undefined) return record;
    return { ...record, details: await revealPersonal(details, this.#keys) };
  }
}
