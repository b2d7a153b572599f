import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import type { Identifier, SecurityEvent } from '../events/security-event.js';
import { SecurityEvents } from '../events/security-events.js';
import { defaultLevelOf } from '../events/owasp-vocabulary.js';
import { SECURITY_EVENT_LEVELS, type EventLevel } from '../events/vocabulary.js';
import { Keyring } from '../keyring/keyring.js';
import { AuditScope, type AuditScopeContext } from './capture/audit-scope.js';
import { AUDIT_OPTIONS, type ResolvedAuditOptions } from './audit.options.js';
import { AuditOutlets, type AuditOutletsState } from './audit-outlets.js';
import { AuditLog, type AuditHealth, type Receipt } from './log/audit-log.js';
import { noFiles } from './log/no-files.js';
import type { ProvenRecord } from './log/read/prove-record.js';
import type { RecordFilter } from './log/read/record-filter.js';
import type { VerifyOptions } from './log/verify/verify-log.js';
import type { VerifyReport } from './log/verify/verify-report.js';
import type { AuditEvent } from './record/audit-event.js';
import type { AuditRecord } from './record/audit-record.js';
import { PersonalRecords } from './personal-records.js';
import { RecordComplaints } from './record-complaints.js';
import { checkedSubject, type PersonalSubject } from './record/personal/personal-data.js';
import { pseudonymKeys, subjectKeysOf } from './record/personal/subject-keys-of.js';
import { UnconfiguredAuditLog } from './log/unconfigured-audit-log.js';
import { Pseudonyms, pseudonymsOf } from './record/pseudonym.js';
import { readEvent } from './record/read-event.js';
import { RecordBodies } from './record/record-bodies.js';

/**
 * Records what happened in an append-only file: one JSON line an event, each carrying the hash of the
 * line before. Secrets are taken out first. What the other services of this package report arrives here
 * by itself.
 *
 * @example
 * await audit.record({ event: 'user_created', actor: { id: admin.id }, target: { type: 'user', id: user.id } });
 */
@Injectable()
export class AuditService implements OnModuleInit, OnApplicationShutdown {
  readonly #complaints = new RecordComplaints(new Logger('AuditService'));
  readonly #pseudonyms: Pseudonyms;
  readonly #personal: PersonalRecords | undefined;
  readonly #bodies: RecordBodies;
  readonly #unsubscribe: () => void;
  readonly #outlets: AuditOutlets;
  #opened: Promise<void> | undefined;
  #isOpen = false;

  constructor(
    @Inject(AUDIT_OPTIONS) options: ResolvedAuditOptions,
    private readonly log: AuditLog,
    private readonly keyring: Keyring,
    private readonly events: SecurityEvents,
    private readonly scopes: AuditScope,
  ) {
    this.#pseudonyms = new Pseudonyms(() => keyring.keysFor('audit-pseudonym')[0]);
    const subjectKeys = subjectKeysOf(options, keyring);
    this.#personal = subjectKeys && new PersonalRecords(subjectKeys, (event) => this.record(event));
    this.#bodies = new RecordBodies({
      clock: options.clock ?? Date.now,
      app: options.app,
      pseudonymOf: (identifier) => this.#pseudonymOf(identifier),
      subjectKeys,
    });
    this.#outlets = new AuditOutlets({
      sinks: options.sinks,
      anchors: options.anchors,
      retention: options.retention,
      report: (event) => this.#complaints.watch(this.#recordOwn(event)),
      record: (event) => this.#recordOwn(event),
    });
    this.#unsubscribe = () => undefined;
    if (!this.#isConfigured()) return;
    this.#unsubscribe = events.subscribe((event) => this.emit(auditEventOf(event)));
    // Records carry pseudonyms, and are searched by them for as long as they are kept.
    keyring.consumers.declare('audit');
  }

  /**
   * Records an event. When the promise resolves, the line is on this machine's disk (`fdatasync`).
   *
   * @returns the record's id and hash
   * @throws AuditError `AUDIT_EVENT_INVALID` for an event that is none; `AUDIT_WRITE_FAILED`,
   * `AUDIT_QUEUE_FULL` or `AUDIT_CLOSED` when it was not recorded
   * @throws SecurityConfigurationError `AUDIT_NOT_CONFIGURED` without `audit.directory`
   */
  record(event: AuditEvent): Promise<Receipt> {
    return this.#recorded(() => this.scopes.apply(readEvent(event)));
  }

  /**
   * Records an event from code that cannot wait. A failure goes to the application's log only, at most one
   * a second with the number of the others: use {@link AuditService.record} for whatever must not happen
   * unrecorded.
   */
  emit(event: AuditEvent): void {
    this.#complaints.watch(this.record(event));
  }

  /**
   * Calls a function, and gives every record that is made in its course, also after an `await`, the fields of a
   * context. An event's own fields win, then those of the innermost scope; an actor is replaced as a whole.
   *
   * @returns what the function returns
   * @throws TypeError for a field that a scope does not have
   * @example
   * await audit.scope({ actor: { type: 'job', id: 'nightly-export' } }, () => exportReports());
   */
  scope<T>(context: AuditScopeContext, fn: () => T): T {
    return this.scopes.run(context, fn);
  }

  /**
   * The newest records that meet a filter, those of other processes on the same folder included. They are
   * read, not verified. Cost: reads from the end as far as it has to.
   *
   * @returns oldest first; those of one stream in their order, streams merged by time
   * @throws RangeError for a limit that is not 1 to 1000, or a moment that is no date
   * @throws AuditError `AUDIT_CLOSED`, `AUDIT_LOG_DAMAGED` for a line that is no record any more,
   * `AUDIT_LOG_UNREADABLE`, `AUDIT_NO_FILES` when `audit.directory` is `false`
   * @throws SecurityConfigurationError `AUDIT_NOT_CONFIGURED` without `audit.directory`
   * @example
   * const failed = await audit.query({
   *   event: 'authn_login_fail',
   *   actor: { identifier: { type: 'email', value: 'alice@example.com' } },
   *   since: new Date(Date.now() - 3_600_000),
   * });
   */
  async query(filter: RecordFilter = {}): Promise<AuditRecord[]> {
    await this.#open();
    return this.log.query(filter, (identifier) => this.#pseudonymsOf(identifier));
  }

  /**
   * Proves that a record is in the log, to somebody who has the stream's first key from elsewhere and nothing
   * else of the log.
   *
   * @param id the record's id, as its receipt has it
   * @returns the record's line, and the proof as c2sp.org/tlog-proof has it
   * @throws AuditError `AUDIT_RECORD_UNKNOWN`, `AUDIT_RECORD_UNSIGNED`, `AUDIT_LOG_DAMAGED`,
   * `AUDIT_LOG_UNREADABLE`, `AUDIT_NO_FILES`
   * @example
   * const { line, proof } = await audit.prove(receipt.id);
   */
  async prove(id: string): Promise<ProvenRecord> {
    await this.#open();
    return this.log.prove(id);
  }

  /**
   * Verifies the log from its files: chain, epochs, checkpoints, anchors. Says `clean` only with a trust file
   * and an anchor that are kept elsewhere; `nestjs-security audit verify` does the same from outside, which
   * proves more, since whoever took this process over may make it say anything. The result is recorded.
   *
   * @throws AuditError `AUDIT_LOG_UNREADABLE`, `AUDIT_NO_FILES`; RangeError for an option that is out of range
   * @example
   * const { status } = await audit.verify({ trust: parseTrust(text), anchors: ['/mnt/anchor'] });
   */
  async verify(options: VerifyOptions = {}): Promise<VerifyReport> {
    await this.#open();
    const report = await this.log.verify(options);
    const { status, firstBadSeq } = report;
    await this.#recordOwn({
      event: 'audit_verified',
      level: status === 'tampered' ? 'critical' : 'info',
      outcome: status === 'clean' ? 'success' : status === 'tampered' ? 'failure' : 'unknown',
      details: { status, ...(firstBadSeq !== undefined && { firstBadSeq }) },
    });
    return report;
  }

  /**
   * Makes all that was marked as {@link personal} to a subject unreadable, in every record and every copy of one:
   * destroys the key under which it is encrypted. Records and their chain stay as they are, what is recorded of the
   * subject from now on holds `[forgotten]`, and `audit_subject_forgotten` is recorded, with a pseudonym.
   *
   * @returns the receipt of that record
   * @throws TypeError for a subject without a type (1 to 64 characters) and an id (1 to 256)
   * @throws AuditError `AUDIT_SUBJECT_KEY_UNUSABLE` when the key may still be there: call again;
   * `AUDIT_NO_FILES` without a key folder; and as {@link AuditService.record} does
   * @throws KeyringError `KEY_RING_STALE`
   * @example
   * await audit.forget({ type: 'user', id: user.id });
   */
  async forget(subject: PersonalSubject): Promise<Receipt> {
    const checked = checkedSubject(subject);
    return (await this.#personalRecords()).forget(checked);
  }

  /**
   * Takes a subject in again that was forgotten, as when somebody signs up anew under the same id: what is marked as
   * {@link personal} to it from now on is recorded under a new key. What was recorded before stays unreadable.
   * `audit_subject_readmitted` is recorded first, with a pseudonym.
   *
   * @returns the receipt of that record; `undefined`, and nothing is done, for a subject that is not forgotten
   * @throws as {@link AuditService.forget}; call again then
   * @example
   * await audit.readmit({ type: 'user', id: user.id });
   */
  async readmit(subject: PersonalSubject): Promise<Receipt | undefined> {
    const checked = checkedSubject(subject);
    return (await this.#personalRecords()).readmit(checked);
  }

  /**
   * A copy of a record in which personal data can be read. What its subject's `forget` has made unreadable is
   * `[forgotten]`; `[unreadable]` stands for what was changed, or whose key is not on this machine.
   *
   * @throws AuditError `AUDIT_SUBJECT_KEY_UNUSABLE` when a key is there and cannot be read; `AUDIT_NO_FILES`
   * without a key folder
   * @throws SecurityConfigurationError `AUDIT_NOT_CONFIGURED` without `audit.directory`
   * @example
   * const [last] = await audit.query({ limit: 1 });
   * const { details } = await audit.reveal(last);
   */
  async reveal(record: AuditRecord): Promise<AuditRecord> {
    return (await this.#personalRecords()).reveal(record);
  }

  /**
   * Resolves when everything that was recorded or emitted before is written or refused.
   *
   * @throws AuditError `AUDIT_SINK_FAILED` when `audit.directory` is `false` and a sink has not taken it in 30
   * seconds
   */
  async flush(): Promise<void> {
    this.events.flush();
    await this.#open();
    await this.log.flush();
  }

  /**
   * Signs this process's stream as it is now, instead of within a second.
   *
   * @returns a signed note, as C2SP's tlog-checkpoint has it
   * @throws AuditError `AUDIT_NO_FILES` when `audit.directory` is `false`, `AUDIT_CLOSED`
   */
  async checkpoint(): Promise<string> {
    await this.#open();
    return this.log.checkpoint();
  }

  /**
   * How the log does, and how far its sinks and anchors have come. Costs nothing, and never throws.
   *
   * @example
   * const { status, reasons } = audit.health();
   */
  health(): AuditHealth & AuditOutletsState {
    return { ...this.log.health(), ...this.#outlets.state() };
  }

  /**
   * Writes what waits, signs the final checkpoint, and lets go of the log. Called by itself when the
   * application shuts down.
   */
  async close(): Promise<void> {
    this.events.flush();
    this.#unsubscribe();
    await this.#opened?.catch(() => undefined);
    await this.log.close();
  }

  /** Opens the log before the first request, so that a folder that cannot be written stops the boot. */
  async onModuleInit(): Promise<void> {
    if (!this.#isConfigured()) return;
    await this.#open();
    void this.#outlets.prune();
  }

  /** Writes what was still reported, then closes the log. */
  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  /** Without the scope of whichever request happens to run: what the log says of itself belongs to none. */
  #recordOwn(event: AuditEvent): Promise<Receipt> {
    return this.#recorded(() => event);
  }

  #recorded(eventOf: () => AuditEvent): Promise<Receipt> {
    try {
      const event = eventOf();
      const body = this.#bodies.of(event);
      const level = event.level ?? defaultLevelOf(event.event, event.outcome);
      // No promise of a promise: that costs a busy log more than all its checks.
      return this.#isOpen && typeof body === 'string'
        ? this.log.append(body, level)
        : this.#recordOnceReady(body, level);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #recordOnceReady(body: string | Promise<string>, level: EventLevel): Promise<Receipt> {
    const text = await body;
    await this.#open();
    return this.log.append(text, level);
  }

  #isConfigured(): boolean {
    return !(this.log instanceof UnconfiguredAuditLog);
  }

  async #personalRecords(): Promise<PersonalRecords> {
    if (!this.#isConfigured()) await this.#open();
    if (this.#personal) return this.#personal;
    throw noFiles();
  }

  #pseudonymsOf(identifier: Identifier): string[] {
    return pseudonymsOf(identifier, pseudonymKeys(this.keyring));
  }

  #pseudonymOf(identifier: Identifier): string {
    try {
      return this.#pseudonyms.of(identifier);
    } catch {
      // Without keys, too, an event is recorded: that the keys are gone is itself one.
      return '[pseudonym unavailable]';
    }
  }

  async #openLog(): Promise<void> {
    await this.log.open(this.#outlets);
    // Not before those who waited have been let in, in their order.
    setImmediate(() => (this.#isOpen = true));
  }

  #open(): Promise<void> {
    this.#opened ??= this.#openLog();
    return this.#opened;
  }
}

function auditEventOf(event: SecurityEvent): AuditEvent {
  return { ...event, level: SECURITY_EVENT_LEVELS[event.event] };
}
