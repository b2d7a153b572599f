import { availableParallelism } from 'node:os';
import type { ResolvedPasswordOptions } from './password.options.js';
import { admissionLimits } from './admission/admission.options.js';
import { threadPoolSize } from './admission/default-concurrency.js';
import { PasswordAdmission } from './admission/password-admission.js';

/** The admission that the options mean on this machine. */
export function passwordAdmission({
  admission,
  parameters,
}: ResolvedPasswordOptions): PasswordAdmission {
  return new PasswordAdmission(
    admissionLimits(admission, {
      cores: availableParallelism(),
      threads: threadPoolSize(process.env),
      lanes: parameters['parallelism'] ?? 1,
    }),
  );
}
