import { SecurityEvents } from '../lib/events/security-events.js';
import { policySchema } from '../lib/password/policy/password-policy.options.js';
import { PasswordPolicyService } from '../lib/password/policy/password-policy.service.js';

/** What one process measured of its first judgement of a password. */
export interface PolicyStart {
  readonly firstMs: number;
  readonly secondMs: number;
  /** Still used when the first has ended and garbage was collected. */
  readonly heapMiB: number;
}

const policy = new PasswordPolicyService(policySchema.parse({}), new SecurityEvents());
const before = heapMiB();
const started = performance.now();
await policy.evaluate('correct horse battery staple');
const between = performance.now();
await policy.evaluate('correct horse battery staple');
const ended = performance.now();
const start: PolicyStart = {
  firstMs: between - started,
  secondMs: ended - between,
  heapMiB: heapMiB() - before,
};
console.log(JSON.stringify(start));

function heapMiB(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
