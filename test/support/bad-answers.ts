import type { Reply } from './http-double.js';
import { keyDocument, type KeyStore } from './key-store.js';
import { testSecret } from './keys.js';

/** The text of a key that is long enough and not random. */
export const WEAK = 'changeme'.repeat(6);
/** How long the tests wait for a store that hangs. */
export const TIMEOUT_MS = 1000;

/** What a store may do wrong, and what is then said. */
export interface BadAnswer {
  readonly what: string;
  readonly code: 'KEY_PROVIDER_FAILED' | 'KEY_DOCUMENT_INVALID';
  readonly mend: string;
  readonly document?: string;
  readonly trouble?: (store: KeyStore) => Reply | 'hang';
}

const failed = { code: 'KEY_PROVIDER_FAILED', mend: 'check that it can be reached' } as const;
const invalid = { code: 'KEY_DOCUMENT_INVALID' } as const;
const twice = { id: 'a', key: testSecret('a, again') };
/** Answers that must neither start an application nor change the keys of a running one. */
export const badAnswers: BadAnswer[] = [
  { what: '403', ...failed, trouble: ({ refusal }) => refusal },
  { what: '500', ...failed, trouble: ({ failure }) => failure },
  { what: 'silence', ...failed, mend: `no answer within ${TIMEOUT_MS} ms`, trouble: () => 'hang' },
  { what: 'text that is no JSON', ...invalid, document: '{"v":1,', mend: 'is not JSON' },
  { what: 'no keys', ...invalid, document: keyDocument('a', []), mend: 'keys has no key: give' },
  {
    what: 'a weak key',
    ...invalid,
    document: keyDocument('a', ['a', { id: 'b', key: WEAK }]),
    mend: 'keys[1].key is not random: it repeats a few byte values. Make one with',
  },
  {
    what: 'two primaries',
    ...invalid,
    document: keyDocument(undefined, [
      { id: 'a', state: 'primary' },
      { id: 'b', state: 'primary' },
    ]),
    mend: 'keys has 2 primary keys, exactly one is needed',
  },
  {
    what: 'an id twice',
    ...invalid,
    document: keyDocument('a', ['a', twice]),
    mend: 'keys has the id "a" twice: every key needs an id of its own',
  },
];
