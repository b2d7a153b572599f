import { nearestName } from '../common/nearest-name.js';
import { SecurityConfigurationError } from '../errors/security-configuration.error.js';
import type { Keyring } from '../keyring/keyring.js';
import type { EncryptOptions } from './call-options.js';
import { contextParts } from './encryption-context.js';
import type { ResolvedEncryptionOptions } from './encryption.options.js';
import { FernetRing, type ContextKeys } from './fernet-ring.js';

/** Longer names are cut in messages. */
const MAX_NAME = 64;

/** The rings of the options: one without a name, and those of `encryption.rings`. */
export class FernetRings {
  readonly #unnamed: FernetRing;
  readonly #named: ReadonlyMap<string, FernetRing>;

  constructor(
    { keys, rings }: Pick<ResolvedEncryptionOptions, 'keys' | 'rings'>,
    keyring: Keyring,
  ) {
    this.#unnamed = new FernetRing('', keyring, keys);
    this.#named = new Map(
      Array.from(rings, ([name, ring]) => [name, new FernetRing(name, keyring, ring.keys)]),
    );
  }

  /**
   * The keys that a call names.
   *
   * @throws SecurityConfigurationError `ENC_RING_UNKNOWN` for a ring that the options do not name
   * @throws TypeError and EncryptionError for an unfit context, as {@link contextParts} does
   */
  keysFor({ ring, context }: EncryptOptions): ContextKeys {
    const chosen = ring === undefined ? this.#unnamed : this.named(ring);
    return chosen.keysFor(context === undefined ? undefined : contextParts(context));
  }

  /** @throws SecurityConfigurationError `ENC_RING_UNKNOWN` naming the nearest known one */
  named(name: string): FernetRing {
    const ring = this.#named.get(name);
    if (ring) return ring;
    throw unknownRing(name, [...this.#named.keys()]);
  }
}

function unknownRing(name: string, known: readonly string[]): SecurityConfigurationError {
  const nearest = nearestName(name, known);
  const mend =
    nearest === undefined ? 'add it to the options, {} will do' : `did you mean "${nearest}"?`;
  // As JSON and cut, so that nothing strange reaches the log.
  const message = `has no ring ${JSON.stringify(name.slice(0, MAX_NAME))}: ${mend}`;
  const problem = { option: 'encryption.rings', message };
  return new SecurityConfigurationError('ENC_RING_UNKNOWN', [problem], 'The ring cannot be used');
}
