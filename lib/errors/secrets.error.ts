import { SecurityError } from './security.error.js';

/**
 * A secret cannot be generated as it was asked for, or a one-time password cannot be computed. Never a
 * wrong code, which is a verdict.
 */
export class SecretsError extends SecurityError {}
