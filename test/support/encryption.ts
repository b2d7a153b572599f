import { EncryptionService, type EncryptionOptions, type KeyEntry } from 'nestjs-security';
import type { TestingAuditLog } from 'nestjs-security/testing';
import { testKey, testSecret } from './keys.js';
import { startServices } from './services.js';

/** What a test says about its {@link EncryptionService}. */
export interface EncryptionSettings extends EncryptionOptions {
  /** The shared keys. */
  readonly shared?: readonly KeyEntry[];
}

/** An {@link EncryptionService} and the log that hears of its refusals. */
export async function startEncryption({
  shared = [testKey('now')],
  ...encryption
}: EncryptionSettings = {}): Promise<{ encryption: EncryptionService; log: TestingAuditLog }> {
  const { module, log } = await startServices({ keys: shared, encryption });
  return { encryption: module.get(EncryptionService), log };
}

/** The text of a Fernet key for tests, the same for the same name. */
export function fernetKey(name: string): string {
  return `${testSecret(name)}=`;
}
