import { ConflictException, Injectable, ServiceUnavailableException } from '@nestjs/common';
import { EncryptionService, TotpService, type Secret } from 'nestjs-security';

const MAX_ACCOUNTS = 1000;

interface TotpAccount {
  /** The secret, encrypted: a Fernet token. */
  sealedSecret: string;
  /** `null` until the first code was accepted: only then the authenticator counts as set up. */
  lastAcceptedStep: number | null;
}

/** Who uses an authenticator app, in memory only. */
@Injectable()
export class TotpAccounts {
  readonly #accounts = new Map<string, TotpAccount>();

  constructor(
    private readonly totp: TotpService,
    private readonly encryption: EncryptionService,
  ) {}

  /**
   * Makes a secret for an account, in place of one whose code was never typed.
   *
   * @returns the address that sets up the authenticator
   * @throws ConflictException when the account has one that is in use
   */
  async enrol(account: string): Promise<Secret> {
    const secret = await this.totp.generateSecret();
    const uri = await this.totp.uri(secret, { account });
    const known = this.#accounts.get(account);
    if (typeof known?.lastAcceptedStep === 'number') throw new ConflictException();
    if (!known && this.#accounts.size >= MAX_ACCOUNTS) throw new ServiceUnavailableException();
    const sealedSecret = this.encryption.encrypt(secret.reveal());
    this.#accounts.set(account, { sealedSecret, lastAcceptedStep: null });
    return uri;
  }

  /** Accepts a code once. Why it was refused is nobody's business, an unknown account included. */
  async accept(name: string, code: unknown): Promise<boolean> {
    const account = this.#accounts.get(name);
    if (!account) return false;
    // A revoked key still opens what it encrypted, for the one purpose of encrypting it again.
    const secret = this.encryption.decryptToString(account.sealedSecret, { allowRevokedKey: true });
    account.sealedSecret = this.encryption.encrypt(secret);
    const { lastAcceptedStep } = account;
    const verdict = await this.totp.verify(code, secret, { lastAcceptedStep });
    // The same code at the same time elsewhere: in a database, this is the WHERE of the UPDATE.
    if (!verdict.ok || account.lastAcceptedStep !== lastAcceptedStep) return false;
    account.lastAcceptedStep = verdict.step;
    return true;
  }
}
