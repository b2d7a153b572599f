import { Inject, Injectable } from '@nestjs/common';
import { REDACTED, Secret } from '../../common/secret.js';
import { SecurityEvents } from '../../events/security-events.js';
import { abortable } from './abortable.js';
import { isBlocked } from './blocklist.js';
import { BreachCheck, type BreachFinding } from './breach-check.js';
import { contextWords, isBuiltOn } from './context-words.js';
import { fold } from './folding.js';
import { checkContext, type PasswordContext } from './password-context.js';
import {
  PASSWORD_POLICY_OPTIONS,
  type ResolvedPasswordPolicyOptions,
} from './password-policy.options.js';
import type { PasswordPolicyVerdict } from './password-verdict.js';
import {
  tooLong,
  tooShort,
  tooWeak,
  VIOLATIONS,
  type PasswordViolation,
} from './password-violation.js';
import { isRepetitive } from './pieces.js';
import { loadEstimator, type EstimateStrength } from './strength.js';
import { loadWordLists, type WordLists } from './word-lists.js';

/** As for hashing: of UTF-8, before normalising. */
const MAX_BYTES = 4096;

/**
 * Judges new passwords by NIST SP 800-63B-4, section 3.1.1.2: length, a blocklist, words of the context,
 * repetition; with options, also a strength estimate and a look-up among breached passwords. There are no
 * composition rules. For sign-up, change and reset, never for logins.
 *
 * @example
 * const { ok, violations } = await policy.evaluate(dto.password, { email: dto.email });
 * if (!ok) throw new BadRequestException(violations.map(({ message }) => message));
 */
@Injectable()
export class PasswordPolicyService {
  readonly #options: ResolvedPasswordPolicyOptions;
  readonly #breachCheck: BreachCheck | undefined;
  #lists: Promise<WordLists> | undefined;
  #estimator: Promise<EstimateStrength> | undefined;

  constructor(
    @Inject(PASSWORD_POLICY_OPTIONS) options: ResolvedPasswordPolicyOptions,
    events: SecurityEvents,
  ) {
    this.#options = options;
    this.#breachCheck = options.breached && new BreachCheck(options.breached, events);
  }

  /**
   * Judges a password and gives every reason against it at once; a size out of bounds is the only one, and
   * breached passwords are looked up only when nothing else is wrong. Without estimator and look-up it takes
   * under 10 ms for any password; the first call loads the lists, some 50 ms. The estimator takes 2 to 40 ms,
   * on the event loop.
   *
   * @param password as it was typed; judged in Unicode NFC, characters counted in code points; at most 4096
   * bytes of UTF-8
   * @param context what is known of the person and of the use
   * @throws TypeError for a password that is not text, or a context of the wrong form
   * @throws PasswordError `PWD_BACKEND_UNAVAILABLE` when `estimator` is configured without its package
   * @throws the reason of `context.signal` when it is aborted
   */
  async evaluate(
    password: string | Secret,
    context: PasswordContext = {},
  ): Promise<PasswordPolicyVerdict> {
    const text = textOf(password);
    checkContext(context);
    context.signal?.throwIfAborted();
    return abortable(this.#evaluate(text, context), context.signal);
  }

  async #evaluate(text: string, context: PasswordContext): Promise<PasswordPolicyVerdict> {
    const unfit = judgeForm(text);
    if (unfit) return { ok: false, violations: [unfit], breachCheck: 'off' };
    const password = text.normalize('NFC');
    const words = contextWords(context, this.#options.serviceNames);
    const minLength = this.#minLength(context);
    const violations = await this.#judge(password, words, minLength);
    const strength = await this.#estimate(password, words);
    const { estimator } = this.#options;
    if (strength && estimator && strength.score < estimator.minScore)
      violations.push(tooWeak(estimator.minScore));
    const { outcome, violation } = await this.#lookUp(password, violations);
    if (violation) violations.push(violation);
    const verdict = { ok: violations.length === 0, violations, breachCheck: outcome };
    return strength ? { ...verdict, strength } : verdict;
  }

  async #judge(
    password: string,
    words: readonly string[],
    minLength: number,
  ): Promise<PasswordViolation[]> {
    const lists = await this.#loadLists();
    const characters = Array.from(password).length;
    if (characters === 0) return [tooShort(minLength)];
    // One character may become eighteen; nothing that is listed is as long as that.
    const folded = fold(password).slice(0, MAX_BYTES);
    // One character may become a phrase by folding, which then repeats nothing.
    const isMonotonous = [folded, password.toLowerCase()].some((text) =>
      isRepetitive(text, { characters, minLength }, lists.keyboards),
    );
    const isCommon = password === REDACTED || isBlocked(folded, lists);
    return [
      ...(characters < minLength ? [tooShort(minLength)] : []),
      ...(isCommon ? [VIOLATIONS.blocked] : []),
      ...(isBuiltOn(words, folded, lists) ? [VIOLATIONS.contextWord] : []),
      ...(isMonotonous ? [VIOLATIONS.repetitive] : []),
    ];
  }

  async #estimate(password: string, words: readonly string[]) {
    if (!this.#options.estimator) return undefined;
    this.#estimator ??= loadEstimator();
    const estimate = await this.#estimator;
    return estimate(password, words);
  }

  async #lookUp(
    password: string,
    violations: readonly PasswordViolation[],
  ): Promise<BreachFinding> {
    if (!this.#breachCheck || violations.length > 0) return { outcome: 'off' };
    return this.#breachCheck.find(password);
  }

  #minLength({ secondFactor = false }: PasswordContext): number {
    const { minLength, minLengthWithSecondFactor } = this.#options;
    return secondFactor ? minLengthWithSecondFactor : minLength;
  }

  #loadLists(): Promise<WordLists> {
    this.#lists ??= loadWordLists(this.#options.blocklist);
    return this.#lists;
  }
}

function textOf(password: unknown): string {
  const text: unknown = password instanceof Secret ? password.reveal() : password;
  if (typeof text !== 'string') throw new TypeError('a password must be a string');
  return text;
}

/** What is wrong with a password that is not looked into: normalising it could take long. */
function judgeForm(text: string): PasswordViolation | undefined {
  // No character has fewer bytes than UTF-16 units: most of the long ones are told at once.
  if (text.length > MAX_BYTES || Buffer.byteLength(text, 'utf8') > MAX_BYTES)
    return tooLong(MAX_BYTES);
  return text.isWellFormed() ? undefined : VIOLATIONS.illFormed;
}
