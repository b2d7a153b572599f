import { resolveSecurityOptions } from '../../lib/security.options.js';
import { SecurityConfigurationError } from 'nestjs-security';

/** The message with which options are refused at boot; fails when they are accepted. */
export function refusalOf(options: unknown): string {
  try {
    resolveSecurityOptions(options);
  } catch (error) {
    if (error instanceof SecurityConfigurationError) return error.message;
    throw error;
  }
  throw new Error('these options were accepted');
}
