import { ApplicationConfig, ModulesContainer, Reflector } from '@nestjs/core';
import {
  HmacService,
  MemoryReplayStore,
  SecurityEvents,
  SignedUrlService,
  type HmacOptions,
  type KeyEntry,
  type Keyring,
} from 'nestjs-security';
import type { TestingAuditLog } from 'nestjs-security/testing';
import { RoutePaths } from '../../lib/context/route-paths.js';
import { hmacSchema } from '../../lib/hmac/hmac.options.js';
import { testKey } from './keys.js';
import { startServices } from './services.js';

/** The present second of tests that fix the time. */
export const NOW = 1_767_225_600;

/** An {@link HmacService} over a ring, outside of an application. */
export function hmacOver(ring: Keyring, options: HmacOptions = {}): HmacService {
  const resolved = hmacSchema.parse(options);
  const replayStore = new MemoryReplayStore();
  const events = new SecurityEvents();
  const routes = new RoutePaths(new ApplicationConfig(), new ModulesContainer());
  const urls = new SignedUrlService(resolved, ring, replayStore, events, routes, new Reflector());
  return new HmacService(resolved, ring, replayStore, events, urls);
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
