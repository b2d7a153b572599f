import type { FilterFlags } from './audit-filter-options.js';
import type { PseudonymsOf } from '../audit/log/read/record-filter.js';
import { harmless, say, type Terminal } from './terminal.js';

/**
 * How pseudonyms are found: with every key of the SECURITY_* variables, revoked ones included, since records of
 * theirs are still there. The keys are loaded only when an identifier is searched for.
 *
 * @throws SecurityConfigurationError, KeyringError when the keys cannot be had
 */
export async function pseudonymsFor(
  { actorIdentifier }: FilterFlags,
  terminal: Terminal,
): Promise<PseudonymsOf> {
  if (!actorIdentifier) return () => [];
  const [{ startServices }, { optionsFromEnvironment }, { pseudonymOf }] = await Promise.all([
    import('./command-services.js'),
    import('../security.config.js'),
    import('../audit/record/pseudonym.js'),
  ]);
  const warn = (message: string): void => say(terminal, harmless(message));
  const services = await startServices(optionsFromEnvironment(terminal.env, warn), terminal);
  try {
    const { keyring } = services;
    const purpose = 'audit-pseudonym';
    const keys = [...keyring.keysFor(purpose), ...keyring.revokedKeysFor(purpose)];
    return (identifier) => keys.map((key) => pseudonymOf(identifier, key));
  } finally {
    await services.close();
  }
}
