import { SecurityError } from './security.error.js';

/** The keys cannot be had, or what was given as keys is none. */
export class KeyringError extends SecurityError {}
