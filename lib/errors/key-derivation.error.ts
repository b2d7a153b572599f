import { SecurityError } from './security.error.js';

/** A key cannot be derived as asked: before any work was done, except for a missing library. */
export class KeyDerivationError extends SecurityError {}
