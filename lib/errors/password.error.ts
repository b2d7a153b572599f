import { SecurityError } from './security.error.js';

/** A password cannot be hashed, or the hashing library cannot be loaded. Never a wrong password. */
export class PasswordError extends SecurityError {}
