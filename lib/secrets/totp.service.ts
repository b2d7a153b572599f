import { Inject, Injectable } from '@nestjs/common';
import { checkWhole } from '../common/check-whole.js';
import type { Secret } from '../common/secret.js';
import { SecurityEvents } from '../events/security-events.js';
import {
  computeCode,
  decodeKey,
  generateKey,
  isCode,
  matchingCounters,
} from './one-time-password.js';
import { otpauthUri, type OtpauthAccount } from './otpauth-uri.js';
import { qrCodeSvg, qrCodeText } from './qr-code.js';
import { TOTP_OPTIONS, type ResolvedTotpOptions } from './totp.options.js';

/** Why a one-time password was refused; for the log, not for the person who typed it. */
export type OneTimePasswordRefusal = 'malformed' | 'mismatch' | 'replayed';

/** Whether a time-based code was right, and the step that must now be stored. */
export type TotpVerdict =
  { ok: true; step: number } | { ok: false; reason: OneTimePasswordRefusal };

/** Whether a counter-based code was right, and the counter that must now be stored. */
export type HotpVerdict =
  { ok: true; nextCounter: number } | { ok: false; reason: 'malformed' | 'mismatch' };

/** What {@link TotpService.verify} has to know. */
export interface TotpVerifyOptions {
  /** The step that the user's last accepted code gave; `null` before the first. */
  lastAcceptedStep: number | null;
  /**
   * How many steps before and after the present one are accepted, too, 0 to 10.
   *
   * @default the option `totp.window`, 1 unless set
   */
  window?: number;
}

/** What {@link TotpService.verifyHotp} has to know. */
export interface HotpVerifyOptions {
  /** The counter that the user's last accepted code gave as `nextCounter`; 0 before the first. */
  counter: number;
  /**
   * How many counters beyond it are accepted, too, for codes that were made and not used; 0 to 100.
   *
   * @default 3
   */
  lookAhead?: number;
}

const MAX_WINDOW = 10;
const MAX_LOOK_AHEAD = 100;
const DEFAULT_LOOK_AHEAD = 3;
const MAX_COUNTER = Number.MAX_SAFE_INTEGER - MAX_LOOK_AHEAD - 1;

/**
 * One-time passwords as authenticator apps make them: TOTP (RFC 6238) and HOTP (RFC 4226).
 *
 * A code is accepted once: `verify` has to be told the last accepted step and gives the new one, which the
 * application stores in one statement with the check that it is higher than the stored one. Limit the
 * attempts, too: with the default window a guess is right three times in a million.
 *
 * @example
 * const verdict = await totp.verify(body.code, user.totpSecret, { lastAcceptedStep: user.totpStep });
 * if (!verdict.ok) throw new UnauthorizedException();
 * const { rowCount } = await db.query(
 *   'UPDATE users SET totp_step = $2 WHERE id = $1 AND (totp_step IS NULL OR totp_step < $2)',
 *   [user.id, verdict.step],
 * );
 * if (rowCount === 0) throw new UnauthorizedException(); // the same code, at the same time, elsewhere
 */
@Injectable()
export class TotpService {
  constructor(
    @Inject(TOTP_OPTIONS) private readonly options: ResolvedTotpOptions,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * Makes a key for a user: 160 random bits as 32 characters of base32. Store it encrypted, and ask for a
   * first code before it counts.
   *
   * @example
   * const secret = await totp.generateSecret();
   * user.totpSecret = encryption.encrypt(secret.reveal());
   */
  async generateSecret(): Promise<Secret> {
    return generateKey();
  }

  /**
   * The `otpauth://` address that sets up an authenticator, for a QR code. It holds the key: show it to
   * nobody but the user.
   *
   * @param secret upper-case base32 without padding, at least 80 bits
   * @throws TypeError for a missing secret, or a name that is missing, empty or has a colon
   * @throws SecretsError `SECRET_TOTP_KEY_UNFIT` for a secret that does not decode or is too short
   * @example
   * const uri = await totp.uri(secret, { account: user.email, issuer: 'Example Ltd' });
   */
  async uri(secret: string | Secret, account: OtpauthAccount): Promise<Secret> {
    if (account.counter !== undefined) checkWhole(account.counter, 'counter', 0, MAX_COUNTER);
    return otpauthUri(await decodeKey(secret), account, this.options);
  }

  /**
   * The QR code of an address as an SVG image. Needs the package `uqr`, which is loaded by the first call.
   *
   * @param uri what {@link TotpService.uri} gave, or another text of 1 to 2048 bytes
   * @throws TypeError for anything else
   * @throws SecretsError `SECRET_QR_UNAVAILABLE` when `uqr` is not installed
   * @example
   * response.type('image/svg+xml').send(await totp.qrCodeSvg(uri));
   */
  async qrCodeSvg(uri: string | Secret): Promise<string> {
    return qrCodeSvg(uri);
  }

  /**
   * The QR code of an address as text for a terminal with a dark ground. Needs the package `uqr`, which is
   * loaded by the first call.
   *
   * @param uri what {@link TotpService.uri} gave, or another text of 1 to 2048 bytes
   * @throws TypeError for anything else
   * @throws SecretsError `SECRET_QR_UNAVAILABLE` when `uqr` is not installed
   * @example
   * console.log(await totp.qrCodeText(uri));
   */
  async qrCodeText(uri: string | Secret): Promise<string> {
    return qrCodeText(uri);
  }

  /**
   * Tells whether a time-based code is right now, and was not used before. All steps of the window are
   * computed and compared in constant time. Refusals are reported as `totp_refused`.
   *
   * @param code what the user typed; anything at all: whatever is not exactly the digits is `malformed`
   * @param secret upper-case base32 without padding, at least 80 bits
   * @returns the step to store as the user's last accepted one; or why it was refused: `replayed` when the
   * code is that of the last accepted step or of one before
   * @throws TypeError for a missing secret or a `lastAcceptedStep` that is neither a number nor `null`,
   * RangeError for a figure out of bounds, or for a clock that gives no time
   * @throws SecretsError `SECRET_TOTP_KEY_UNFIT` for a secret that does not decode or is too short
   */
  async verify(
    code: unknown,
    secret: string | Secret,
    { lastAcceptedStep, window = this.options.window }: TotpVerifyOptions,
  ): Promise<TotpVerdict> {
    checkWhole(window, 'window', 0, MAX_WINDOW);
    // A misread column must not switch the replay guard off.
    if (lastAcceptedStep !== null) {
      checkWhole(lastAcceptedStep, 'lastAcceptedStep', 0, MAX_COUNTER);
    }
    const key = await decodeKey(secret);
    if (!isCode(code, this.options.digits)) return this.#refuse('malformed');
    const now = this.#step();
    const range = [Math.max(0, now - window), now + window] as const;
    const step = matchingCounters(key, this.options, code, range).at(-1);
    if (step === undefined) return this.#refuse('mismatch');
    if (lastAcceptedStep !== null && step <= lastAcceptedStep) return this.#refuse('replayed');
    return { ok: true, step };
  }

  /**
   * Tells whether a counter-based code is right. Refusals are reported as `totp_refused`.
   *
   * @param code what the user typed; anything at all: whatever is not exactly the digits is `malformed`
   * @param secret upper-case base32 without padding, at least 80 bits
   * @returns the counter to store, in one statement with the check that the stored one is still lower
   * @throws TypeError for a missing secret or counter, RangeError for a figure out of bounds
   * @throws SecretsError `SECRET_TOTP_KEY_UNFIT` for a secret that does not decode or is too short
   * @example
   * const verdict = await totp.verifyHotp(body.code, user.hotpSecret, { counter: user.hotpCounter });
   */
  async verifyHotp(
    code: unknown,
    secret: string | Secret,
    { counter, lookAhead = DEFAULT_LOOK_AHEAD }: HotpVerifyOptions,
  ): Promise<HotpVerdict> {
    checkWhole(counter, 'counter', 0, MAX_COUNTER);
    checkWhole(lookAhead, 'lookAhead', 0, MAX_LOOK_AHEAD);
    const key = await decodeKey(secret);
    if (!isCode(code, this.options.digits)) return this.#refuse('malformed');
    const range = [counter, counter + lookAhead] as const;
    const matching = matchingCounters(key, this.options, code, range).at(0);
    return matching === undefined
      ? this.#refuse('mismatch')
      : { ok: true, nextCounter: matching + 1 };
  }

  /**
   * The present time-based code, as the user's authenticator shows it. For tests, and to log in elsewhere.
   *
   * @throws TypeError for a missing secret
   * @throws SecretsError `SECRET_TOTP_KEY_UNFIT` for a secret that does not decode or is too short
   * @example
   * const code = await totp.generate(secret);
   * await totp.verify(code, secret, { lastAcceptedStep: null }); // { ok: true, step: … }
   */
  async generate(secret: string | Secret): Promise<string> {
    return computeCode(await decodeKey(secret), this.options, this.#step());
  }

  /**
   * The code of a counter. For tests, and to log in elsewhere.
   *
   * @param counter the place of the code, from 0
   * @throws TypeError for a missing secret or counter, RangeError for a counter out of bounds
   * @throws SecretsError `SECRET_TOTP_KEY_UNFIT` for a secret that does not decode or is too short
   * @example
   * const first = await totp.generateHotp(secret, 0);
   */
  async generateHotp(secret: string | Secret, counter: number): Promise<string> {
    checkWhole(counter, 'counter', 0, MAX_COUNTER);
    return computeCode(await decodeKey(secret), this.options, counter);
  }

  #step(): number {
    const { clock = Date.now, periodSeconds } = this.options;
    const step = Math.floor(clock() / 1000 / periodSeconds);
    checkWhole(step, 'the step that the clock gives', 0, MAX_COUNTER);
    return step;
  }

  #refuse<Reason extends OneTimePasswordRefusal>(reason: Reason): { ok: false; reason: Reason } {
    this.events.report({ event: 'totp_refused', outcome: 'failure', reason });
    return { ok: false, reason };
  }
}
