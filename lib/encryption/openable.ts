import type { FernetKey } from './fernet-key.js';
import type { ContextKeys } from './fernet-ring.js';
import type { RefusedToken } from './fernet-verdict.js';
import { parseSealed } from './sealed.js';

/** In which forms a value is taken: the bare token, the stored form, or both. */
export type ValueForm = 'token' | 'sealed' | 'either';

/** A token, and the keys that may open it. */
export interface OpenableToken {
  readonly ok: true;
  readonly token: string;
  readonly keys: readonly FernetKey[];
}

/** How values may look, and which keys open them. */
export interface OpenableRule {
  readonly form: ValueForm;
  readonly allowRevoked: boolean;
  /** In characters. */
  readonly maxTokenLength: number;
}

/**
 * The token in a value and the keys to try: of a bare token all accepted ones, of a stored form the one that it
 * names. Refuses by size and by the named key, before anything is decoded.
 *
 * @param value anything at all
 */
export function openableToken(
  value: unknown,
  keys: ContextKeys,
  { form, allowRevoked, maxTokenLength }: OpenableRule,
): OpenableToken | RefusedToken {
  const sealed = form === 'token' ? undefined : parseSealed(value);
  const token = form === 'sealed' || sealed ? sealed?.token : value;
  if (typeof token !== 'string' || token.length > maxTokenLength) {
    return { ok: false, reason: 'malformed' };
  }
  if (!sealed) {
    const tried = allowRevoked ? [...keys.accepted, ...keys.revoked] : keys.accepted;
    return { ok: true, token, keys: tried };
  }
  const key = keys.named(sealed.keyId, allowRevoked);
  return typeof key === 'string' ? { ok: false, reason: key } : { ok: true, token, keys: [key] };
}
