import { parseKeyDocument, type KeyDocument } from '../keyring/key-document.js';
import { parseKeyList } from '../keyring/key-list.js';
import { KeyProvider, type KeyRefreshOptions } from '../keyring/key-provider.js';
import { providerFailed } from './provider-failed.js';

/** What {@link EnvironmentKeyProvider} can be told. */
export interface EnvironmentKeyProviderOptions extends KeyRefreshOptions {
  /**
   * The name of the variable.
   *
   * @default SECURITY_KEYS
   */
  variable?: string;
}

/**
 * Keys in an environment variable: `id:secret,id:secret`, the primary first, or the JSON of a
 * {@link KeyDocument}. The variable is read anew at each refresh, so that code which sets it later, such
 * as a loader of secrets, is followed.
 *
 * @example
 * SecurityModule.forRoot({ keys: new EnvironmentKeyProvider({ variable: 'APP_KEYS' }) });
 */
export class EnvironmentKeyProvider extends KeyProvider {
  readonly name: string;
  readonly #variable: string;

  /**
   * @throws TypeError for an empty name
   * @throws RangeError for a time that is not a positive number
   */
  constructor({ variable = 'SECURITY_KEYS', ...refresh }: EnvironmentKeyProviderOptions = {}) {
    super(refresh);
    if (variable === '') throw new TypeError('variable must be the name of a variable');
    this.#variable = variable;
    this.name = `environment variable ${variable}`;
  }

  /**
   * Reads the variable.
   *
   * @throws KeyringError `KEY_PROVIDER_FAILED` when it is not set, `KEY_DOCUMENT_INVALID` when it begins
   * like JSON and is none
   */
  async load(): Promise<KeyDocument> {
    const text = process.env[this.#variable]?.trim();
    if (text === undefined || text === '') {
      const mend = 'set it to id:secret,id:secret or to a key document';
      throw providerFailed(this.name, text === undefined ? 'it is not set' : 'it is empty', mend);
    }
    return text.startsWith('{') ? parseKeyDocument(text, this.name) : documentOf(text);
  }
}

function documentOf(list: string): KeyDocument {
  return { v: 1, keys: parseKeyList(list).map(({ id, secret }) => ({ id, key: secret })) };
}
