import { type SecurityEvent, SecurityEvents } from 'nestjs-security';
import {
  policySchema,
  type PasswordPolicyOptions,
} from '../../lib/password/policy/password-policy.options.js';
import { PasswordPolicyService } from '../../lib/password/policy/password-policy.service.js';

/** A policy, and what it has reported. */
export function policyWith(options: PasswordPolicyOptions = {}) {
  const reported: SecurityEvent[] = [];
  const events = new SecurityEvents();
  events.subscribe((event) => reported.push(event));
  return { policy: new PasswordPolicyService(policySchema.parse(options), events), reported };
}

/** The codes of what a policy finds wrong. */
export async function codesOf(
  policy: PasswordPolicyService,
  ...parameters: Parameters<PasswordPolicyService['evaluate']>
): Promise<string[]> {
  const { violations } = await policy.evaluate(...parameters);
  return violations.map(({ code }) => code);
}
