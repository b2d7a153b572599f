import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { AdmissionRequest } from './admission/admission-job.js';
import type { PasswordAdmission } from './admission/password-admission.js';
import type { PasswordReason } from './password-reason.js';
import {
  passwordText,
  withoutNormalizing,
  type PasswordText,
  type UnusablePassword,
} from './password-text.js';
import type { Pepper, Peppers } from './pepper/peppers.js';
import { readStored, type NothingStored } from './stored/read-stored.js';
import type { ReadingRules, StoredHash } from './stored/stored-hash.js';
import type { HashPlan, HashTarget } from './target/hash-target.js';
import type { RehashReason } from './target/rehash-reason.js';
import { TopUp } from './top-up.js';

const DUMMY_BYTES = 32;
/** Less than this share of a hash is lost in the noise of any machine. */
const SMALLEST_TOP_UP = 0.02;

/** What decides how passwords are compared. */
export interface VerifierSettings {
  readonly reading: ReadingRules;
  readonly target: HashTarget;
  readonly peppers: Peppers;
  readonly admission: PasswordAdmission;
  readonly pepper: 'off' | 'keyring';
  readonly acceptUnpeppered: boolean;
  readonly equalize: 'off' | 'top-up';
  readonly rawUnicodeFallback: boolean;
}

/** How a comparison ended. */
export interface Judgement {
  readonly reason: PasswordReason;
  /** What matched; absent otherwise. */
  readonly match?: PasswordMatch;
}

/** A password and the stored hash that is its own. */
export interface PasswordMatch {
  readonly stored: StoredHash;
  /** The password, to be hashed anew in Unicode NFC. */
  readonly text: PasswordText;
  /** Why the hash should be made anew; empty when it should not. */
  readonly rehashReasons: readonly RehashReason[];
}

/**
 * Compares passwords with what is stored. Every failure costs what a comparison with a hash of today costs:
 * nothing stored, an unusable password and a wrong one alike.
 */
export class PasswordVerifier {
  readonly #settings: VerifierSettings;
  readonly #topUp = new TopUp();
  #keptDummy: { readonly pepper: Pepper | undefined; readonly stored: string } | undefined;

  constructor(settings: VerifierSettings) {
    this.#settings = settings;
  }

  /**
   * @throws TypeError when the password is not text
   * @throws PasswordError `PWD_BUSY`, `PWD_BACKEND_UNAVAILABLE`
   * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
   */
  async judge(stored: unknown, password: string, request: AdmissionRequest): Promise<Judgement> {
    const text = passwordText(password);
    // A ring that gives no pepper fails for all alike, or whoever sees the error learns who exists.
    this.#settings.peppers.current();
    if (typeof text === 'string') return this.#refuse(text, [dummyText()], request);
    const forms = this.#formsOf(text);
    const hash = this.read(stored);
    if (typeof hash === 'string') return this.#refuse(hash, forms, request);
    let elapsedMs = 0;
    for (const form of forms) {
      const { value, runMs } = await this.#compute(hash, form, request);
      elapsedMs += runMs;
      if (timingSafeEqual(value, hash.digest)) return this.#matched(hash, text, form);
    }
    await this.#addWhatIsMissing(hash, elapsedMs / forms.length, forms.length, request);
    return { reason: 'mismatch' };
  }

  /** What is stored, or why nothing can be compared with it. */
  read(stored: unknown): StoredHash | NothingStored {
    const hash = readStored(stored, this.#settings.reading);
    if (typeof hash === 'string' || this.#isPepperKnown(hash)) return hash;
    return 'unsupported';
  }

  /** Why a stored hash should be made anew, as far as can be told without the password. */
  rehashReasons(hash: StoredHash): RehashReason[] {
    const { target, peppers } = this.#settings;
    const current = peppers.current();
    const isOther = current !== undefined && hash.pepperId?.equals(current.id) !== true;
    return [...target.reasonsToReplace(hash), ...(isOther ? (['pepper'] as const) : [])];
  }

  /** Hashes a password by today's rules, or for the place of a stronger hash by the rules of that one. */
  async create(
    text: PasswordText,
    request: AdmissionRequest,
    stored?: StoredHash,
  ): Promise<string> {
    const { value } = await this.#run(this.#settings.target.plan(stored), text, request);
    return value;
  }

  /** Hashes bytes that are no password with Argon2id, whatever passwords are hashed with. */
  async createArgon2id(bytes: Buffer, request: AdmissionRequest): Promise<string> {
    const plan = this.#settings.target.argon2idPlan();
    const { value } = await this.#run(plan, { text: '', bytes }, request);
    return value;
  }

  /** Compares with a hash of no password, as it would with a stored one. */
  async #refuse(
    reason: NothingStored | UnusablePassword,
    forms: readonly PasswordText[],
    request: AdmissionRequest,
  ): Promise<Judgement> {
    const hash = this.read(this.#dummy());
    if (typeof hash === 'string') throw new TypeError(`a hash of today is ${hash}`);
    for (const form of forms) {
      const { value, runMs } = await this.#compute(hash, form, request);
      this.#topUp.note(runMs);
      timingSafeEqual(value, hash.digest);
    }
    return { reason };
  }

  /** Made once for each pepper: a known user's hash was not made at this moment either. */
  #dummy(): string {
    const { target, peppers } = this.#settings;
    const pepper = peppers.current();
    const kept = this.#keptDummy;
    if (kept && kept.pepper === pepper) return kept.stored;
    const stored = target.dummy(pepper);
    this.#keptDummy = { pepper, stored };
    return stored;
  }

  async #addWhatIsMissing(
    hash: StoredHash,
    elapsedMs: number,
    times: number,
    request: AdmissionRequest,
  ): Promise<void> {
    const { target, equalize } = this.#settings;
    if (target.isSameWork(hash)) return this.#topUp.note(elapsedMs);
    const share = equalize === 'top-up' ? this.#topUp.missingShare(elapsedMs) : 0;
    if (share < SMALLEST_TOP_UP) return;
    for (let time = 0; time < times; time += 1) {
      await this.#run(target.planOfShare(share), dummyText(), request);
    }
  }

  #matched(stored: StoredHash, text: PasswordText, form: PasswordText): Judgement {
    const rehashReasons = [
      ...this.rehashReasons(stored),
      ...(stored.cuts?.(form) === true ? (['truncated'] as const) : []),
      ...(form !== text ? (['not-normalized'] as const) : []),
    ];
    return { reason: 'match', match: { stored, text, rehashReasons } };
  }

  #compute(hash: StoredHash, text: PasswordText, request: AdmissionRequest) {
    const pepper = hash.pepperId && this.#settings.peppers.find(hash.pepperId)?.key;
    return this.#admit(hash.memoryKiB, () => hash.compute(text, pepper), request);
  }

  #run(plan: HashPlan, text: PasswordText, request: AdmissionRequest) {
    const pepper = this.#settings.peppers.current();
    return this.#admit(plan.memoryKiB, () => plan.create(text, pepper), request);
  }

  #admit<T>(memoryKiB: number, compute: () => Promise<T>, request: AdmissionRequest) {
    const work = async () => {
      const startedAt = performance.now();
      const value = await compute();
      return { value, runMs: performance.now() - startedAt };
    };
    return this.#settings.admission.run({ memoryKiB, work }, request);
  }

  #formsOf(text: PasswordText): readonly PasswordText[] {
    if (!this.#settings.rawUnicodeFallback) return [text];
    const raw = withoutNormalizing(text);
    return raw.bytes.equals(text.bytes) ? [text] : [text, raw];
  }

  #isPepperKnown({ pepperId }: StoredHash): boolean {
    const { peppers, pepper, acceptUnpeppered } = this.#settings;
    if (pepperId) return peppers.find(pepperId) !== undefined;
    return pepper === 'off' || acceptUnpeppered;
  }
}

/** What is hashed where there is nothing to compare with. */
function dummyText(): PasswordText {
  const text = randomBytes(DUMMY_BYTES).toString('base64');
  return { text, bytes: Buffer.from(text, 'ascii') };
}
