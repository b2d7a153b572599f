import type { EncryptOptions } from './call-options.js';
import type { EncryptionCore } from './encryption-core.js';
import { EncryptionVerbs } from './encryption-verbs.js';

/** Ring and context are chosen already. */
interface NoChoice {
  readonly ring?: never;
  readonly context?: never;
}

/** The verbs of {@link EncryptionService} for one ring and one context, as `bind` gives them. */
export class BoundEncryption extends EncryptionVerbs<NoChoice> {
  /** @internal */
  constructor(core: EncryptionCore, fixed: EncryptOptions) {
    super(core, fixed, []);
  }
}
