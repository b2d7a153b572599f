import { Validate, type ValidationOptions } from 'class-validator';
import { refuseUnknown } from '../common/refuse-unknown.js';
import type { PasswordContext } from '../password/policy/password-context.js';
import { MeetsPasswordPolicyConstraint } from './meets-password-policy.constraint.js';

/** What {@link MeetsPasswordPolicy} can be told. */
export interface MeetsPasswordPolicyOptions<Dto extends object> {
  /**
   * Whether the password is used together with a second factor, so that a shorter one will do.
   *
   * @default false
   */
  secondFactor?: boolean;
  /**
   * Gives what else of the request the password must not be built on. What is not text in it is left out. A
   * `secondFactor` in it counts before the one above: take it from what you know, never from the request.
   *
   * @default nothing but the names of the service
   */
  contextFrom?: (dto: Dto) => PasswordContext;
}

const OPTIONS = ['secondFactor', 'contextFrom'] as const;

/**
 * A property that must be a password which {@link PasswordPolicyService} accepts, for class-validator and
 * Nest's `ValidationPipe`. Needs class-validator to know Nest's container; otherwise every validation fails
 * with an error, and no password is accepted. `validateSync` skips it, as it does all that waits.
 *
 * @throws TypeError for an unknown option
 * @example
 * class SignUpDto {
 *   @IsEmail() email!: string;
 *
 *   @MeetsPasswordPolicy<SignUpDto>({ contextFrom: ({ email }) => ({ email }) })
 *   password!: string;
 * }
 *
 * // main.ts
 * useContainer(app.select(AppModule), { fallbackOnErrors: true });
 */
export function MeetsPasswordPolicy<Dto extends object>(
  options: MeetsPasswordPolicyOptions<Dto> = {},
  validationOptions: ValidationOptions = {},
): PropertyDecorator {
  refuseUnknown(options, OPTIONS, '@MeetsPasswordPolicy()');
  return Validate(MeetsPasswordPolicyConstraint, [options], validationOptions);
}
