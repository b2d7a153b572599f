import { SecurityError } from './security.error.js';

/**
 * A token did not open, or a value cannot be encrypted. Every forged, damaged or foreign token gives
 * one and the same `ENC_TOKEN_INVALID`; `ENC_TOKEN_EXPIRED` is given only when the token was genuine.
 */
export class EncryptionError extends SecurityError {}
