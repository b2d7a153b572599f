import type { KeyProvider, KeyRefreshOptions } from 'nestjs-security';
import { inspect } from 'node:util';
import { HttpDouble, type Reply } from './http-double.js';
import { testSecret } from './keys.js';

/** Every id under which {@link keyDocument} gives a key. */
const IDS = ['a', 'b', 'c', 'a, again'];

/** A double of a store that holds one key document, and the real client that asks it. */
export abstract class KeyStore extends HttpDouble {
  /** What must never be seen beside the keys: credentials, and the secret's address. */
  abstract readonly confidential: readonly string[];
  /** How the store refuses a caller, and how it fails. */
  abstract readonly refusal: Reply;
  abstract readonly failure: Reply;

  /** Stores the text of a document as the newest version. */
  abstract put(document: string): void;

  /** A provider with the real client. */
  abstract provider(refresh?: KeyRefreshOptions): KeyProvider;

  /** The secrets that a text or anything printable shows; empty when all is well. */
  leaksIn(shown: unknown): string[] {
    const text = typeof shown === 'string' ? shown : inspect(shown, { depth: 9, showHidden: true });
    const secrets = [...this.confidential, ...IDS.map(testSecret)];
    return secrets.filter((secret) => text.includes(secret));
  }
}

/** A key of a document: an id, or an id with a state, or with the text of another key. */
export type DocumentEntry = string | { id: string; state?: string; key?: string };

/** The text of a document whose keys are derived from their ids. */
export function keyDocument(
  primary: string | undefined,
  entries: readonly DocumentEntry[],
): string {
  const keys = entries.map((entry) => {
    const given = typeof entry === 'string' ? { id: entry } : entry;
    return { key: testSecret(given.id), ...given };
  });
  return JSON.stringify({ v: 1, primary, keys });
}
