import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { refuseUnknown } from '../common/refuse-unknown.js';
import { Secret } from '../common/secret.js';
import { PasswordBusyError } from '../errors/password-busy.error.js';
import { SecurityEvents } from '../events/security-events.js';
import { Keyring } from '../keyring/keyring.js';
import { fromNowOn } from './admission/call-deadline.js';
import { PasswordAdmission } from './admission/password-admission.js';
import { loadArgon2Backend } from './backend/argon2-hash.js';
import { loadBcrypt } from './backend/bcrypt-backend.js';
import { calibrateArgon2, type Calibration, type CalibrationGoal } from './calibrate.js';
import { usablePassword } from './usable-password.js';
import type {
  LoginOptions,
  LoginVerdict,
  PasswordRequest,
  PasswordVerdict,
} from './password-verdict.js';
import { PasswordVerifier } from './password-verifier.js';
import { PASSWORD_OPTIONS, type ResolvedPasswordOptions } from './password.options.js';
import { Peppers } from './pepper/peppers.js';
import { HashReplacement } from './hash-replacement.js';
import { StoredPasswords } from './stored-passwords.js';
import { HashTarget } from './target/hash-target.js';
import { beyondCeilings, wrapLegacy, type LegacyDigest } from './wrap-legacy.js';

const REQUEST = ['signal', 'timeoutMs', 'fairnessKey'];

/**
 * Hashes passwords, by default with Argon2id (RFC 9106), and verifies them, in whichever scheme they are
 * stored. A few at a time: others wait for their turn, and are refused with {@link PasswordBusyError} when too
 * many do.
 *
 * @example
 * user.passwordHash = await passwords.hash(password);
 * const { ok } = await passwords.login({
 *   stored: user?.passwordHash, // undefined for an unknown user, which takes as long
 *   password,
 *   onRehash: (oldHash, newHash) => users.replaceHash(user.id, oldHash, newHash),
 * });
 */
@Injectable()
export class PasswordService extends StoredPasswords implements OnModuleInit {
  readonly #options: ResolvedPasswordOptions;
  readonly #verifier: PasswordVerifier;
  readonly #peppers: Peppers;
  readonly #replacement: HashReplacement;
  readonly #events: SecurityEvents;

  constructor(
    @Inject(PASSWORD_OPTIONS) options: ResolvedPasswordOptions,
    admission: PasswordAdmission,
    keyring: Keyring,
    events: SecurityEvents,
  ) {
    const { scheme, parameters, backend, ceilings, longBcrypt } = options;
    const peppers = new Peppers(keyring, options);
    const verifier = new PasswordVerifier({
      ...options,
      reading: { ...ceilings, argon2Backend: backend, longBcrypt },
      target: new HashTarget({ scheme, parameters, argon2Backend: backend }),
      peppers,
      admission,
    });
    super(verifier, peppers);
    this.#options = options;
    this.#verifier = verifier;
    this.#peppers = peppers;
    this.#events = events;
    this.#replacement = new HashReplacement(verifier, events);
  }

  /**
   * Finds out at the start what the first login would: that a package is missing, or a pepper.
   *
   * @throws PasswordError `PWD_BACKEND_UNAVAILABLE`, `PWD_PEPPER_UNKNOWN`
   */
  async onModuleInit(): Promise<void> {
    const { scheme, backend } = this.#options;
    this.#peppers.current();
    if (scheme === 'bcrypt' || scheme === 'bcrypt-sha256') await loadBcrypt();
    // What comes with this package is loaded by the first hash.
    if (scheme === 'argon2id' && backend !== 'argon2') await loadArgon2Backend(backend);
  }

  /**
   * Hashes a password under a fresh 16-byte salt, off the event loop.
   *
   * @param password normalised to Unicode NFC; at most 4096 bytes of UTF-8
   * @returns with Argon2id a PHC string, `$argon2id$v=19$m=65536,t=3,p=4$<salt>$<32-byte hash>`; `docs/passwords.md`
   * has the forms of the other schemes. At most 255 characters
   * @throws TypeError for anything that is not text
   * @throws PasswordError `PWD_UNUSABLE` for an empty or too long password, one with a lone surrogate, the
   * text `[redacted]`, or one that bcrypt would cut; `PWD_BACKEND_UNAVAILABLE` when the library cannot be loaded
   * @throws KeyringError `KEY_RING_STALE` when peppers come from a key provider that has been silent for too long
   * @throws PasswordBusyError `PWD_BUSY` when too many wait, or `timeoutMs` has passed
   * @throws the reason of the signal when it aborts
   */
  async hash(password: string | Secret, request: PasswordRequest = {}): Promise<string> {
    refuseUnknown(request, REQUEST, 'hash');
    return this.#reportBusy(this.#verifier.create(usablePassword(reveal(password)), request));
  }

  /**
   * Tells whether a password is the one that was hashed, in any scheme of `docs/passwords.md`.
   *
   * A missing, malformed or hostile stored value is `false` after the work of one hash under the present
   * settings, so that the answer for an unknown user comes no sooner than that for a wrong password.
   *
   * @param stored what {@link PasswordService.hash} or other software gave; `null` or `undefined` for an
   * unknown user
   * @throws TypeError only when the password is not text
   * @throws PasswordError `PWD_BACKEND_UNAVAILABLE` when the library cannot be loaded
   * @throws KeyringError `KEY_RING_STALE` when peppers come from a key provider that has been silent for too long
   * @throws PasswordBusyError `PWD_BUSY` when too many wait, or `timeoutMs` has passed
   * @throws the reason of the signal when it aborts
   * @example
   * const ok = await passwords.verify(user?.passwordHash, password, { fairnessKey: request.ip });
   */
  async verify(
    stored: string | null | undefined,
    password: string | Secret,
    request: PasswordRequest = {},
  ): Promise<boolean> {
    refuseUnknown(request, REQUEST, 'verify');
    const { reason } = await this.#judge(stored, password, fromNowOn(request));
    return reason === 'match';
  }

  /**
   * As {@link PasswordService.verify}, and after a match makes the hash that should be stored from now on,
   * where the stored one is weaker, of another scheme, or spelt in another way. Never a weaker one.
   *
   * A new hash that cannot be made, because too many wait or the scheme cannot take this password, is left out
   * and counted: the match stands.
   *
   * @throws as {@link PasswordService.verify}
   * @example
   * const { ok, newHash } = await passwords.verifyAndUpgrade(user?.passwordHash, password);
   * if (ok && newHash) await users.replaceHash(user.id, user.passwordHash, newHash);
   */
  async verifyAndUpgrade(
    stored: string | null | undefined,
    password: string | Secret,
    request: PasswordRequest = {},
  ): Promise<PasswordVerdict> {
    refuseUnknown(request, REQUEST, 'verifyAndUpgrade');
    const inTime = fromNowOn(request);
    const { reason, match } = await this.#judge(stored, password, inTime);
    if (!match) return { ok: false, reason, needsRehash: false };
    const needsRehash = match.rehashReasons.length > 0;
    const newHash = needsRehash ? await this.#replacement.create(match, inTime) : undefined;
    return { ok: true, reason, needsRehash, ...(newHash !== undefined && { newHash }) };
  }

  /**
   * Verifies a login and has a new hash stored where one is due. Whatever becomes of the new hash, a right
   * password is a login.
   *
   * @throws as {@link PasswordService.verify}
   * @example
   * const { ok } = await passwords.login({
   *   stored: user?.passwordHash,
   *   password,
   *   fairnessKey: request.ip,
   *   onRehash: async (oldHash, newHash) => {
   *     const values = [newHash, user.id, oldHash];
   *     const sql = 'UPDATE users SET hash = $1 WHERE id = $2 AND hash = $3';
   *     return (await db.query(sql, values)).rowCount === 1;
   *   },
   * });
   */
  async login(options: LoginOptions): Promise<LoginVerdict> {
    refuseUnknown(options, ['stored', 'password', 'onRehash', ...REQUEST], 'login');
    const { stored, password, onRehash, ...request } = options;
    const inTime = fromNowOn(request);
    const { reason, match } = await this.#judge(stored, password, inTime);
    const needsRehash = match !== undefined && match.rehashReasons.length > 0;
    const rehashed =
      match && needsRehash && onRehash && typeof stored === 'string'
        ? await this.#replacement.store(match, inTime, (newHash) => onRehash(stored, newHash))
        : false;
    return { ok: match !== undefined, reason, needsRehash, rehashed };
  }

  /**
   * Wraps an old unsalted digest, or one with a salt in another column, in Argon2id, without the password: for
   * a database that is to be safe to lose in one night, not only as its users log in. The result verifies as
   * any stored hash, and is replaced at the next login.
   *
   * @returns `$wrapped$v=1,digest=md5$argon2id$…`
   * @throws TypeError for a digest that is none of its algorithm; the message does not hold it
   * @throws SecurityConfigurationError `CONFIG_INVALID` when the scheme is not Argon2id and the ceilings do not
   * allow the profile `guide`, so that the result could never be verified
   * @throws PasswordBusyError as {@link PasswordService.hash}
   * @example
   * row.passwordHash = await passwords.wrapLegacy({ algorithm: 'md5', digest: row.md5 });
   */
  async wrapLegacy(legacy: LegacyDigest, request: PasswordRequest = {}): Promise<string> {
    refuseUnknown(legacy, ['algorithm', 'digest', 'salt', 'saltPosition'], 'wrapLegacy');
    refuseUnknown(request, REQUEST, 'wrapLegacy');
    const wrapped = await wrapLegacy(legacy, (bytes) =>
      this.#reportBusy(this.#verifier.createArgon2id(bytes, request)),
    );
    if (this.isUsable(wrapped)) return wrapped;
    throw beyondCeilings();
  }

  /**
   * Measures on this machine what Argon2id takes: some sizes of memory, each with as many passes as fit into the
   * time (RFC 9106, section 4), beside what is configured. Takes many times `targetMs` with the backend that
   * the options name; run it on a quiet machine of the kind that serves logins.
   *
   * @throws TypeError or RangeError for a goal that is no number or out of bounds
   * @example
   * const { table, recommendation } = await passwords.calibrate({ targetMs: 250, memoryMiB: 64 });
   * console.log(table, recommendation);
   */
  async calibrate(goal: CalibrationGoal): Promise<Calibration> {
    const { scheme, parameters, backend, ceilings } = this.#options;
    const { memoryKiB = 0, timeCost = 0, parallelism = 0 } = parameters;
    const configured = scheme === 'argon2id' ? { memoryKiB, timeCost, parallelism } : undefined;
    return calibrateArgon2(goal, { backend, ceilings, configured });
  }

  async #judge(stored: unknown, password: string | Secret, request: PasswordRequest) {
    const judgement = await this.#reportBusy(
      this.#verifier.judge(stored, reveal(password), request),
    );
    this.#events.report(
      judgement.match
        ? { event: 'password_verified', outcome: 'success' }
        : { event: 'password_refused', outcome: 'failure', reason: judgement.reason },
    );
    return judgement;
  }

  async #reportBusy<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof PasswordBusyError) {
        const { reason } = error;
        this.#events.report({ event: 'password_busy', outcome: 'failure', reason });
      }
      throw error;
    }
  }
}

function reveal(password: string | Secret): string {
  return password instanceof Secret ? password.reveal() : password;
}
