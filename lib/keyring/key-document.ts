import { z } from 'zod';
import { optionPath } from '../common/option-path.js';
import { MAKE_A_KEY, optionGroup, secretText } from '../common/option-schema.js';
import type { Secret } from '../common/secret.js';
import { KeyringError } from '../errors/keyring.error.js';
import type { KeyState } from './key-entry.js';
import type { RingKey } from './keyring.js';
import { keyId, keyState, ringKeysSchema } from './key-schema.js';

const MAX_DOCUMENT_LENGTH = 1024 * 1024;

type Problem = Pick<z.core.$ZodIssue, 'path' | 'message'>;

/** A key of a {@link KeyDocument}. */
export interface DocumentKey {
  /** As {@link KeyEntry.id}. */
  id: string;
  /** As {@link KeyEntry.secret}, without `file:`. */
  key: string | Secret;
  /**
   * What the key may be used for.
   *
   * @default `primary` for the key that `primary` names, `accepted` for the others
   */
  state?: KeyState;
}

/**
 * All keys of an application, as a {@link KeyProvider} gives them and as they are stored:
 * `{"v":1,"primary":"2026-10","keys":[{"id":"2026-10","key":"…"},{"id":"2026-04","key":"…"}]}`.
 */
export interface KeyDocument {
  /** The version of the form. */
  v: 1;
  /** The id of the key that creates. Not needed when every key has a state. */
  primary?: string;
  /** The keys, in any order. */
  keys: readonly DocumentKey[];
}

const documentSchema = optionGroup(
  {
    v: z.literal(1, { error: 'must be 1, the version of the form.' }),
    primary: keyId.optional(),
    keys: z
      .array(
        optionGroup(
          { id: keyId, key: secretText(MAKE_A_KEY), state: keyState.optional() },
          '{ id, key }',
        ),
        { error: 'must be a list of { id, key }.' },
      )
      .min(1, { error: `has no key: give at least one { id, key }. ${MAKE_A_KEY}` }),
  },
  '{ v: 1, primary, keys: [{ id, key }] }',
);

/**
 * Checks a key document as strictly as the option `keys`.
 *
 * @param source what to call it in an error
 * @throws KeyringError `KEY_DOCUMENT_INVALID` naming what is wrong, never a value
 */
export function readKeyDocument(document: unknown, source: string): readonly RingKey[] {
  const parsed = documentSchema.safeParse(document);
  if (!parsed.success) throw invalid(source, parsed.error.issues);
  const { primary, keys } = parsed.data;
  if (primary !== undefined && !keys.some(({ id }) => id === primary)) {
    throw new KeyringError(
      'KEY_DOCUMENT_INVALID',
      `${source}: "primary" names a key that is not in "keys"`,
    );
  }
  // What comes from elsewhere must not make this machine read its own files.
  if (keys.some(({ key }) => key.reveal().startsWith('file:'))) {
    throw new KeyringError('KEY_DOCUMENT_INVALID', `${source}: "file:" is not for key documents`);
  }
  const entries = keys.map(({ id, key, state }) => ({
    id,
    secret: key,
    state: state ?? stateBy(primary, id),
  }));
  const ring = ringKeysSchema.safeParse(entries);
  if (!ring.success) throw invalid(source, ring.error.issues.map(inDocument));
  return ring.data;
}

/**
 * Parses the JSON text of a key document.
 *
 * @throws KeyringError `KEY_DOCUMENT_INVALID` for what is no JSON or longer than 1 MiB
 */
export function parseKeyDocument(text: string, source: string): KeyDocument {
  try {
    if (text.length <= MAX_DOCUMENT_LENGTH) return JSON.parse(text) as KeyDocument;
  } catch {
    // The parser's message quotes the text, which holds keys.
  }
  throw new KeyringError('KEY_DOCUMENT_INVALID', `${source}: is not JSON of at most 1 MiB`);
}

function stateBy(primary: string | undefined, id: string): KeyState | undefined {
  if (primary === undefined) return undefined;
  return id === primary ? 'primary' : 'accepted';
}

/** The ring calls a key's text its secret, the document its key. */
function inDocument({ path, message }: Problem): Problem {
  return { path: ['keys', ...path.map((part) => (part === 'secret' ? 'key' : part))], message };
}

function invalid(source: string, issues: readonly Problem[]): KeyringError {
  const problems = issues.map(({ path, message }) => `${optionPath(path) || 'it'} ${message}`);
  return new KeyringError('KEY_DOCUMENT_INVALID', `${source}: ${problems.join(' ')}`);
}
