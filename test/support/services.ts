import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import {
  SecurityTestingModule,
  TestingAuditLog,
  type SecurityTestingOptions,
} from 'nestjs-security/testing';

/** The services with options for tests, and the log that hears of their verdicts. */
export async function startServices(
  options: SecurityTestingOptions = {},
): Promise<{ module: TestingModule; log: TestingAuditLog }> {
  const module = await Test.createTestingModule({
    imports: [SecurityTestingModule.forRoot(options)],
  }).compile();
  await module.init();
  return { module, log: module.get(TestingAuditLog) };
}

/** Lets what was reported reach the log. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
