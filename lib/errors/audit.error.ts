import { SecurityError } from './security.error.js';

/** A record could not be made durable: after this error it must be taken as not written. */
export class AuditError extends SecurityError {}
