import { Secret } from '../common/secret.js';
import { parseKeyDocument, type KeyDocument } from '../keyring/key-document.js';
import { KeyProvider, type KeyRefreshOptions } from '../keyring/key-provider.js';
import { readSecretFile } from '../keyring/secret-file.js';
import { providerFailed } from './provider-failed.js';

/** What {@link FileKeyProvider} must be told. */
export interface FileKeyProviderOptions extends KeyRefreshOptions {
  /** The path of the file. */
  path: string;
}

/**
 * Keys in a file that holds the JSON of a {@link KeyDocument}, 1 MiB at the most. It must be private
 * (`chmod 600`); on Windows its mode says nothing and is not looked at. A file that is read while it is
 * being written is no JSON: the last good keys stay in use until the next refresh.
 *
 * @example
 * SecurityModule.forRoot({ keys: new FileKeyProvider({ path: '/run/secrets/keys.json' }) });
 */
export class FileKeyProvider extends KeyProvider {
  readonly name: string;
  readonly #path: string;

  /**
   * @throws TypeError without a path
   * @throws RangeError for a time that is not a positive number
   */
  constructor({ path, ...refresh }: FileKeyProviderOptions) {
    super(refresh);
    if (typeof path !== 'string' || path === '')
      throw new TypeError('path must be the path of a file');
    this.#path = path;
    this.name = `key file ${path}`;
  }

  /**
   * Reads the file.
   *
   * @throws KeyringError `KEY_PROVIDER_FAILED` when it cannot be read, is too large or is not private,
   * `KEY_DOCUMENT_INVALID` when it is no JSON
   */
  async load(): Promise<KeyDocument> {
    const text = readSecretFile(this.#path);
    if (text instanceof Secret) return parseKeyDocument(text.reveal(), this.name);
    throw providerFailed(this.name, 'it cannot be used', `its path ${text}`);
  }
}
