import type { KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { systemErrorCode } from '../../../common/system-error-code.js';
import { AuditError } from '../../../errors/audit.error.js';
import type { PurposeKey } from '../../../keyring/purpose-keys.js';
import type { PersonalSubject } from './personal-data.js';
import { openPersonal, parsePersonal } from './personal-token.js';
import { SubjectKeyFiles, type KeyFile } from './subject-key-files.js';
import { subjectName } from './subject-name.js';

/** The key under which a subject's personal data is encrypted. */
export interface SubjectKey {
  /** What its tokens call it. */
  readonly name: string;
  /** 32 bytes, for AES-256-GCM. */
  readonly key: KeyObject;
}

const MAX_CACHED = 1000;
/** What is read in the place of a value whose key was destroyed. */
export const FORGOTTEN = '[forgotten]';
/** What is read in the place of a value whose key is not here, or that was changed. */
export const UNREADABLE = '[unreadable]';

/**
 * The keys of subjects, each in a file of its own, so that one can be destroyed. Several processes may share
 * the folder: what one of them forgets, the others do not use any more, which costs them two looks at the
 * folder for each use of a key.
 */
export class SubjectKeys {
  readonly #files: SubjectKeyFiles;
  readonly #nameKeys: () => readonly [PurposeKey, ...PurposeKey[]];
  readonly #cached = new LRUCache<string, KeyFile>({ max: MAX_CACHED });

  /**
   * @param folder made when the first key is
   * @param nameKeys the keys by which names are made, all that are held, the one that creates first
   */
  constructor(folder: string, nameKeys: () => readonly [PurposeKey, ...PurposeKey[]]) {
    this.#files = new SubjectKeyFiles(folder);
    this.#nameKeys = nameKeys;
  }

  /**
   * The key of a subject; one that has none gets one.
   *
   * @returns `undefined` for a subject that was forgotten
   * @throws AuditError `AUDIT_SUBJECT_KEY_UNUSABLE` when the file cannot be read or made, or holds no key
   * @throws KeyringError when the keys for names cannot be had
   */
  async keyFor(subject: PersonalSubject): Promise<SubjectKey | undefined> {
    const names = this.#namesOf(subject);
    const known = await this.#firstOf(names);
    if (known !== 'none') return known === 'forgotten' ? undefined : known;
    await this.#try(this.#files.create(names[0]));
    // Whoever forgot the subject meanwhile has found no key to destroy.
    const made = await this.#firstOf(names);
    return made === 'forgotten' || made === 'none' ? undefined : made;
  }

  /**
   * Destroys the key of a subject, under all of its names, and sees to it that there will be none again. When
   * this resolves, no process opens or makes anything under it, whatever crashes come.
   *
   * @returns the pseudonym of the subject
   * @throws as {@link SubjectKeys.keyFor}; call it again then
   */
  async forget(subject: PersonalSubject): Promise<string> {
    const names = this.#namesOf(subject);
    // The marks come first: a key that is made in between is found by them.
    for (const name of names) await this.#try(this.#files.bury(name));
    for (const name of names) await this.#destroy(name);
    return this.pseudonymOf(subject);
  }

  /** What stands for a subject in a record about it: `p1.<key id>.<22 characters>`. */
  pseudonymOf(subject: PersonalSubject): string {
    const [first] = this.#nameKeys();
    return `p1.${first.id}.${subjectName(subject, first)}`;
  }

  /**
   * Whether a subject is forgotten, under any of its names.
   *
   * @throws as {@link SubjectKeys.keyFor}
   */
  async isForgotten(subject: PersonalSubject): Promise<boolean> {
    for (const name of this.#namesOf(subject)) {
      if (await this.#try(this.#files.isForgotten(name))) return true;
    }
    return false;
  }

  /**
   * Lets a subject that was forgotten have a key again, a new one: what was encrypted before stays unreadable.
   *
   * @throws as {@link SubjectKeys.keyFor}
   */
  async readmit(subject: PersonalSubject): Promise<void> {
    for (const name of this.#namesOf(subject)) {
      // A crash may have left the key behind.
      if (await this.#try(this.#files.isForgotten(name))) await this.#destroy(name);
      await this.#try(this.#files.unbury(name));
    }
  }

  /**
   * Reads what a record holds of personal data.
   *
   * @param token anything at all
   * @returns the value; `[forgotten]` when its key was destroyed, `[unreadable]` when it is not here or another
   * one, or the token was changed; `undefined` for what is no token
   * @throws AuditError `AUDIT_SUBJECT_KEY_UNUSABLE`
   */
  async open(token: unknown): Promise<{ value: unknown } | undefined> {
    const parts = parsePersonal(token);
    if (!parts) return undefined;
    const found = await this.#look(parts.name);
    if (found === 'forgotten') return { value: FORGOTTEN };
    const text = found === 'none' ? undefined : openPersonal(parts, found.key);
    return { value: text === undefined ? UNREADABLE : JSON.parse(text) };
  }

  /** The subject's key under any of its names, unless one of them was forgotten. */
  async #firstOf(names: readonly string[]): Promise<SubjectKey | 'forgotten' | 'none'> {
    const found = await Promise.all(names.map((name) => this.#look(name)));
    if (found.includes('forgotten')) return 'forgotten';
    return found.find((each) => each !== 'none') ?? 'none';
  }

  async #look(name: string): Promise<SubjectKey | 'forgotten' | 'none'> {
    if (await this.#try(this.#files.isForgotten(name))) {
      await this.#destroy(name);
      return 'forgotten';
    }
    const cached = this.#cached.get(name);
    if (cached && cached.version === (await this.#try(this.#files.version(name)))) {
      return { name, key: cached.key };
    }
    const read = await this.#try(this.#files.read(name));
    // Another process may be about to destroy it.
    if (read === 'damaged' && (await this.#try(this.#files.isForgotten(name)))) return 'forgotten';
    if (read === 'damaged') throw unusable('it holds no key');
    if (!read) return 'none';
    this.#cached.set(name, read);
    return { name, key: read.key };
  }

  async #destroy(name: string): Promise<void> {
    this.#cached.delete(name);
    await this.#try(this.#files.erase(name));
  }

  /** A ring that has changed has other names: records under the old ones are still this subject's. */
  #namesOf(subject: PersonalSubject): readonly [string, ...string[]] {
    const [first, ...others] = this.#nameKeys();
    return [subjectName(subject, first), ...others.map((key) => subjectName(subject, key))];
  }

  async #try<T>(action: Promise<T>): Promise<T> {
    try {
      return await action;
    } catch (error) {
      throw unusable(systemErrorCode(error), error);
    }
  }
}

/** Neither the subject nor the file is named: the file's name stands in records. */
function unusable(reason: string, cause?: unknown): AuditError {
  const message = `the key of a subject of personal data cannot be used (${reason}): look at the folder subjects in audit.keyDirectory`;
  return new AuditError('AUDIT_SUBJECT_KEY_UNUSABLE', message, { status: 503, cause });
}
