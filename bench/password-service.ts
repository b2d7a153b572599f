import { createSecretKey, randomBytes } from 'node:crypto';
import { SecurityEvents } from '../lib/events/security-events.js';
import { Keyring } from '../lib/keyring/keyring.js';
import type { PasswordAdmission } from '../lib/password/admission/password-admission.js';
import { passwordAdmission } from '../lib/password/password-admission.provider.js';
import { passwordSchema, type PasswordOptions } from '../lib/password/password.options.js';
import { PasswordService } from '../lib/password/password.service.js';

/**
 * A service as SecurityModule makes it, whose events somebody hears, as the audit log does.
 *
 * @param admission by default the one that the options mean on this machine
 */
export function passwordService(
  options: PasswordOptions = {},
  admission?: PasswordAdmission,
): PasswordService {
  const resolved = passwordSchema.parse(options);
  const events = new SecurityEvents();
  events.subscribe(() => undefined);
  const key = createSecretKey(randomBytes(32));
  const keyring = new Keyring([{ id: 'bench', state: 'primary', key }]);
  return new PasswordService(resolved, admission ?? passwordAdmission(resolved), keyring, events);
}
