import { KeyringRefresh, type KeyProvider } from 'nestjs-security';
import { SecurityTestingModule, TestingAuditLog } from 'nestjs-security/testing';
import { Test, type TestingModule } from '@nestjs/testing';
import { settle } from './services.js';

/** Services whose keys come from a provider. */
export interface ProvidedServices {
  readonly module: TestingModule;
  readonly log: TestingAuditLog;
  /** Every line of the application's log. */
  readonly lines: readonly string[];
  /** Asks the provider now and lets the events reach the log. */
  readonly refresh: () => Promise<boolean>;
}

/** Starts the services with the keys of a provider. */
export async function startProvided(keys: KeyProvider): Promise<ProvidedServices> {
  const lines: string[] = [];
  const write = (line: unknown): void => void lines.push(String(line));
  const module = await Test.createTestingModule({
    imports: [SecurityTestingModule.forRoot({ keys })],
  })
    .setLogger({ log: write, warn: write, error: write })
    .compile();
  await module.init();
  const refresh = async (): Promise<boolean> => {
    const isGood = await module.get(KeyringRefresh).refresh();
    await settle();
    return isGood;
  };
  return { module, log: module.get(TestingAuditLog), lines, refresh };
}
