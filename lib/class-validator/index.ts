export {
  MeetsPasswordPolicy,
  type MeetsPasswordPolicyOptions,
} from './meets-password-policy.decorator.js';
export { MeetsPasswordPolicyConstraint } from './meets-password-policy.constraint.js';
