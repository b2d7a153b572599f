import { z } from 'zod';
import type { Clock } from '../common/clock.js';
import {
  clock,
  environmentReaders,
  optionGroup,
  optionForms,
  optionNotes,
  secretText,
  splitList,
  wholeNumber,
} from '../common/option-schema.js';
import { Secret } from '../common/secret.js';
import { keyId } from '../keyring/key-schema.js';
import { decodeFernetKey, fernetKeyFromBytes, type FernetKey } from './fernet-key.js';

const MAKE_A_FERNET_KEY = `Make one with: node -p "crypto.randomBytes(32).toString('base64url')+'='"`;
const DEFAULT_MAX_PLAINTEXT_BYTES = 16 * 1024 * 1024;
const DEFAULT_CLOCK_SKEW_SECONDS = 60;

/** Settings of {@link EncryptionService}. */
export interface EncryptionOptions {
  /**
   * Fernet keys as Python's `Fernet.generate_key()` makes them (44 characters), newest first: the first
   * encrypts, all decrypt. Give them where other software must read the tokens.
   *
   * @default keys derived from the top-level `keys`
   */
  keys?: readonly (string | Secret | { id: string; key: string | Secret })[];
  /**
   * The longest plaintext in bytes, 1 to 268435456 (256 MiB). Longer tokens are refused before they are decoded.
   *
   * @default 16777216 (16 MiB)
   */
  maxPlaintextBytes?: number;
  /**
   * How many seconds the clock of the machine that made a token may run ahead of ours, 0 to 86400; looked at only
   * when `ttlSeconds` is given, as Python's `cryptography` does.
   *
   * @default 60
   */
  clockSkewSeconds?: number;
  /**
   * Tells the time in milliseconds.
   *
   * @default the top-level `clock`
   */
  clock?: Clock;
}

const namedKey = optionGroup(
  {
    id: keyId.optional().register(optionNotes, {
      about: 'The public name of the key.',
      byDefault: '8 characters made from the key',
    }),
    key: secretText(MAKE_A_FERNET_KEY).register(optionNotes, {
      about: 'A Fernet key, 44 characters. In the place of the object, the bare text will do.',
    }),
  },
  "'<Fernet key>' or { id: '2026-11', key }",
);

const fernetKey = z.unknown().transform((value, context): FernetKey => {
  const isBare = typeof value !== 'object' || value === null || value instanceof Secret;
  const parsed = namedKey.safeParse(isBare ? { key: value } : value);
  if (!parsed.success) {
    for (const { message, path } of parsed.error.issues) {
      context.addIssue({ code: 'custom', message, path: isBare ? [] : path });
    }
    return z.NEVER;
  }
  const bytes = decodeFernetKey(parsed.data.key.reveal());
  if (typeof bytes === 'string') {
    context.addIssue({ code: 'custom', message: `${bytes}. ${MAKE_A_FERNET_KEY}` });
    return z.NEVER;
  }
  return fernetKeyFromBytes(bytes, parsed.data.id);
});

optionForms.set(fernetKey, [namedKey]);

const ringError = `must be a list of Fernet keys, newest first. ${MAKE_A_FERNET_KEY}`;
const fernetRing = z
  .array(fernetKey, { error: ringError })
  .min(1, {
    error: `has no key: remove it to use keys derived from "keys", or give one. ${MAKE_A_FERNET_KEY}`,
  })
  .superRefine((keys, context) => {
    const twin = keys.find((key, index) => keys.slice(0, index).some((other) => clash(key, other)));
    if (twin) {
      const message = `has two keys that share an id or half of their bytes (the second is "${twin.id}"): remove one. A token could open under the wrong one of them.`;
      context.addIssue({ code: 'custom', message });
    }
  });

environmentReaders.add(fernetRing, { read: splitList, secret: true });

function clash(a: FernetKey, b: FernetKey): boolean {
  return a.id === b.id || a.signing.equals(b.signing) || a.encryption.equals(b.encryption);
}

/** The schema of `encryption`. */
export const encryptionSchema = optionGroup(
  {
    keys: fernetRing.optional().register(optionNotes, {
      about:
        'Fernet keys shared with other software, newest first: the first encrypts, all decrypt.',
      byDefault: 'keys derived from the top-level `keys`',
    }),
    maxPlaintextBytes: wholeNumber('bytes', 1, 256 * 1024 * 1024)
      .default(DEFAULT_MAX_PLAINTEXT_BYTES)
      .register(optionNotes, { about: 'The longest plaintext.' }),
    clockSkewSeconds: wholeNumber('seconds', 0, 86_400)
      .default(DEFAULT_CLOCK_SKEW_SECONDS)
      .register(optionNotes, {
        about: 'How far the clock that made a token may run ahead, when `ttlSeconds` is given.',
      }),
    clock: clock().optional().register(optionNotes, {
      about: 'Tells the time in milliseconds.',
      byDefault: 'the top-level `clock`',
    }),
  },
  '{ keys: [<Fernet key>] }',
);

/** {@link EncryptionOptions} after checking, with the defaults filled in. */
export type ResolvedEncryptionOptions = Readonly<z.output<typeof encryptionSchema>>;

/** The injection token of {@link ResolvedEncryptionOptions}. */
export const ENCRYPTION_OPTIONS = Symbol('nestjs-security:encryption-options');

/** What encrypts and decrypts, for the boot log. */
export function describeEncryption({ keys }: ResolvedEncryptionOptions): string {
  const [primary, ...others] = keys ?? [];
  if (!primary) return 'encryption: Fernet under keys derived from "keys"';
  const accepted =
    others.length === 0 ? '' : `; also accepts ${others.map(({ id }) => id).join(', ')}`;
  return `encryption: Fernet under keys of its own, primary ${primary.id}${accepted}`;
}
