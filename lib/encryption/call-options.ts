import type { EncryptionContext } from './encryption-context.js';
import type { StandardSchema } from './standard-schema.js';

/** Which keys a call of {@link EncryptionService} uses. */
export interface EncryptOptions {
  /**
   * The ring, as `encryption.rings` names it.
   *
   * @default the ring of `encryption.keys`, or else of the top-level `keys`
   */
  ring?: string;
  /**
   * What the value belongs to; see {@link EncryptionContext}.
   *
   * @default none
   */
  context?: EncryptionContext;
}

/** What a token must also fulfil to be opened. */
export interface OpenOptions {
  /**
   * The age in whole seconds up to which the token is valid; 0 means this very second. Also refuses
   * tokens from the future, beyond the clock skew that is allowed.
   *
   * @default no limit
   */
  ttlSeconds?: number;
  /**
   * Opens tokens of revoked keys, too: to encrypt them again under another one.
   *
   * @default false
   */
  allowRevokedKey?: boolean;
}

/** Which keys open a token, and what it must also fulfil. */
export interface DecryptOptions extends EncryptOptions, OpenOptions {}

/** How a call that takes long can be ended. */
export interface AbortOptions {
  /** Ends the work when it aborts; the promise then rejects with its reason. */
  signal?: AbortSignal;
}

/** What JSON must fulfil. */
export interface SchemaOptions<Output> {
  /**
   * Checks what was parsed, and gives it its type: of zod, valibot, arktype or any other library that knows
   * Standard Schema (https://standardschema.dev). It has to answer at once.
   */
  schema: StandardSchema<Output>;
}
