import { SecurityError } from './security.error.js';

/**
 * What was used already cannot be looked up or remembered: the store is full or cannot be asked. Whatever
 * depends on it has to be refused, and may be sent again later.
 */
export class ReplayError extends SecurityError {}
