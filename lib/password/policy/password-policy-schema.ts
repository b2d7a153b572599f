import { checkContext, type PasswordContext } from './password-context.js';
import type { PasswordPolicyService } from './password-policy.service.js';
import { NOT_TEXT } from './password-violation.js';
import type { StandardTextResult, StandardTextSchema } from './standard-schema.js';

/**
 * The policy as a Standard Schema, for whatever takes one, such as Nest's `StandardSchemaValidationPipe`.
 * Each violation is an issue; a value that is not text is one, too. The password comes out as it went in.
 *
 * @throws TypeError for a context of the wrong form
 * @throws what {@link PasswordPolicyService.evaluate} throws, when a value is validated
 * @example
 * const schema = passwordPolicySchema(policy, { secondFactor: true });
 * const { issues } = await schema['~standard'].validate(body.password);
 */
export function passwordPolicySchema(
  policy: PasswordPolicyService,
  context: PasswordContext = {},
): StandardTextSchema {
  checkContext(context);
  const validate = async (value: unknown): Promise<StandardTextResult> => {
    if (typeof value !== 'string') return { issues: [{ message: NOT_TEXT }] };
    const { ok, violations } = await policy.evaluate(value, context);
    return ok ? { value } : { issues: violations.map(({ message }) => ({ message })) };
  };
  return { '~standard': { version: 1, vendor: 'nestjs-security', validate } };
}
