import type { EncryptionService } from '../encryption.service.js';
import { parseSealed } from '../sealed.js';
import { refusalOf } from './refusal-of.js';

const DEFAULT_RING = '';

/**
 * The primary keys of the rings that a run meets. A position is worth nothing once they are others: what
 * stands before it was encrypted under the old ones.
 */
export class RingPrimaries {
  readonly #encryption: Pick<EncryptionService, 'seal'>;
  readonly #met = new Map<string, string>();

  constructor(encryption: Pick<EncryptionService, 'seal'>) {
    this.#encryption = encryption;
  }

  /** Notes the ring of a row, with the key that is its primary now. */
  meet(ring = DEFAULT_RING): void {
    if (this.#met.has(ring)) return;
    const keyId = this.#primaryOf(ring);
    if (keyId !== undefined) this.#met.set(ring, keyId);
  }

  /** The ids of the primary keys of all rings met, by name. */
  ids(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#met);
  }

  /** Tells whether these are the primary keys now. */
  areStill(ids: Readonly<Record<string, string>>): boolean {
    return Object.entries(ids).every(([ring, keyId]) => this.#primaryOf(ring) === keyId);
  }

  /** `undefined` for a ring that there is not. */
  #primaryOf(ring: string): string | undefined {
    try {
      return parseSealed(this.#encryption.seal('', ring === DEFAULT_RING ? {} : { ring }))?.keyId;
    } catch (error) {
      refusalOf(error);
      return undefined;
    }
  }
}
