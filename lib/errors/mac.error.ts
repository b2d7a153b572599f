import { SecurityError } from './security.error.js';

/** Something cannot be signed as it was given. Never a signature that does not verify, which is a verdict. */
export class MacError extends SecurityError {}
