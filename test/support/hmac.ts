import {
  HmacService,
  MemoryReplayStore,
  SecurityEvents,
  type HmacOptions,
  type KeyEntry,
  type Keyring,
} from 'nestjs-security';
import type { TestingAuditLog } from 'nestjs-security/testing';
import { hmacSchema } from '../../lib/hmac/hmac.options.js';
import { testKey } from './keys.js';
import { startServices } from './services.js';

/** The present second of tests that fix the time. */
export const NOW = 1_767_225_600;

/** An {@link HmacService} over a ring, outside of an application. */
export function hmacOver(ring: Keyring, options: HmacOptions = {}): HmacService {
  const replayStore = new MemoryReplayStore();
  return new HmacService(hmacSchema.parse(options), ring, replayStore, new SecurityEvents());
}

/** What a test says about its {@link HmacService}. */
export interface HmacSettings extends HmacOptions {
  /** The keys of the ring. */
  readonly keys?: readonly KeyEntry[];
}

/** A clock that stands still until it is moved. */
export interface TestClock {
  seconds: number;
}

/** An {@link HmacService} at a time that the test moves, and the log that hears of its refusals. */
export async function startHmac({ keys = [testKey('now')], ...hmac }: HmacSettings = {}): Promise<{
  hmac: HmacService;
  log: TestingAuditLog;
  clock: TestClock;
}> {
  const clock = { seconds: NOW };
  const { module, log } = await startServices({
    keys,
    hmac: { clock: () => clock.seconds * 1000 + 999, ...hmac },
  });
  return { hmac: module.get(HmacService), log, clock };
}
