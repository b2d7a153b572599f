import { BoundEncryption } from './bound-encryption.js';
import type { EncryptOptions } from './call-options.js';
import { contextParts, type EncryptionContext } from './encryption-context.js';
import type { EncryptionCore } from './encryption-core.js';
import { EncryptionVerbs } from './encryption-verbs.js';

/** The verbs of {@link EncryptionService} for one ring, as `ring` gives them. */
export class RingEncryption extends EncryptionVerbs<Pick<EncryptOptions, 'context'>> {
  readonly #ring: string;

  /** @internal */
  constructor(core: EncryptionCore, ring: string) {
    super(core, { ring }, ['context']);
    this.#ring = ring;
  }

  /**
   * The verbs for one context of this ring.
   *
   * @throws TypeError for anything but text or a list of texts
   * @throws EncryptionError `ENC_CONTEXT_INVALID`
   */
  bind(context: EncryptionContext): BoundEncryption {
    return new BoundEncryption(this.core, {
      ring: this.#ring,
      context: [...contextParts(context)],
    });
  }
}
