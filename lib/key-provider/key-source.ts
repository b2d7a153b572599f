import { KeyProvider } from '../keyring/key-provider.js';
import type { RingKey } from '../keyring/keyring.js';
import type { ResolvedKeys } from './keys.options.js';
import { managedKeyProvider } from './managed-keys.options.js';

/** Where the keys come from: a fixed list, or a provider that is asked again and again. */
export type KeySource = { readonly list: readonly RingKey[] } | { readonly provider: KeyProvider };

/** The injection token of {@link KeySource}. */
export const KEY_SOURCE = Symbol('nestjs-security:key-source');

/** The source that the option `keys` gives or describes. */
export function keySourceOf(keys: ResolvedKeys): KeySource {
  if (keys instanceof KeyProvider) return { provider: keys };
  return 'managed' in keys ? { provider: managedKeyProvider(keys.managed) } : { list: keys };
}
