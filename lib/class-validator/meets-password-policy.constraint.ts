import { Injectable } from '@nestjs/common';
import {
  getFromContainer,
  ValidatorConstraint,
  type ValidationArguments,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { SecurityConfigurationError } from '../errors/security-configuration.error.js';
import type { PasswordContext } from '../password/policy/password-context.js';
import { PasswordPolicyService } from '../password/policy/password-policy.service.js';
import { NOT_TEXT } from '../password/policy/password-violation.js';
import { onlyTexts } from './only-texts.js';

/** The name under which class-validator reports the constraint. */
export const MEETS_PASSWORD_POLICY = 'meetsPasswordPolicy';

/** What `@MeetsPasswordPolicy()` hands to its constraint. */
export interface ConstraintOptions {
  readonly secondFactor?: boolean | undefined;
  readonly contextFrom?: ((dto: object) => PasswordContext) | undefined;
}

/**
 * Judges the property for {@link MeetsPasswordPolicy}. Made by class-validator; make it a provider only where
 * `useContainer` is called without `fallbackOnErrors`.
 */
@ValidatorConstraint({ name: MEETS_PASSWORD_POLICY, async: true })
@Injectable()
export class MeetsPasswordPolicyConstraint implements ValidatorConstraintInterface {
  // class-validator asks for the message apart from the verdict, and has one instance for all requests.
  readonly #messages = new WeakMap<object, Map<string, string>>();

  /**
   * Judges a value; one that is not text does not meet the policy.
   *
   * @throws SecurityConfigurationError `CONFIG_INVALID` when class-validator does not know Nest's container
   * @throws what {@link PasswordPolicyService.evaluate} throws
   */
  async validate(value: unknown, { object, property, constraints }: ValidationArguments) {
    const [options]: (ConstraintOptions | undefined)[] = constraints;
    const { secondFactor = false, contextFrom } = options ?? {};
    const policy = policyFromContainer();
    if (typeof value !== 'string') return this.#refuse(object, property, [NOT_TEXT]);
    const context = onlyTexts(contextFrom?.(object) ?? {});
    const { ok, violations } = await policy.evaluate(value, { secondFactor, ...context });
    const messages = violations.map(({ message }) => message);
    return ok || this.#refuse(object, property, messages);
  }

  /** The messages of the verdict before, in one text. */
  defaultMessage({ object, property }: ValidationArguments): string {
    return this.#messages.get(object)?.get(property) ?? 'This password cannot be used.';
  }

  #refuse(object: object, property: string, messages: readonly string[]): false {
    const ofObject = this.#messages.get(object) ?? new Map<string, string>();
    this.#messages.set(object, ofObject.set(property, messages.join(' ')));
    return false;
  }
}

function policyFromContainer(): PasswordPolicyService {
  try {
    const policy = getFromContainer(PasswordPolicyService);
    if (policy instanceof PasswordPolicyService) return policy;
  } catch {
    // Without Nest's container, class-validator calls the constructor with nothing, which throws.
  }
  throw new SecurityConfigurationError(
    'CONFIG_INVALID',
    [
      {
        option: '@MeetsPasswordPolicy()',
        message:
          'needs the services of Nest: call useContainer(app.select(AppModule), { fallbackOnErrors: true }) of class-validator before app.listen(), with SecurityModule imported in AppModule; or useContainer(app, …) where AppModule is a dynamic module.',
      },
    ],
    'A password cannot be judged',
  );
}
