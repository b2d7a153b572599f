import { KeyringError } from '../errors/keyring.error.js';
import { parseKeyDocument, type KeyDocument } from '../keyring/key-document.js';
import { KeyProvider, type KeyRefreshOptions } from '../keyring/key-provider.js';
import { providerFailed } from './provider-failed.js';

/** The client that is needed: what `node-vault` makes is one. */
export interface VaultClient {
  /**
   * Reads a path of Vault's HTTP API and gives the body of the answer.
   *
   * @param options.timeout milliseconds after which the request is given up
   */
  read(path: string, options?: { timeout?: number }): Promise<unknown>;
}

/** What {@link VaultKeyProvider} must be told. */
export interface VaultKeyProviderOptions extends KeyRefreshOptions {
  /** The client, which knows address and token, and renews the token. */
  client: VaultClient;
  /** The path of the secret in a KV engine of version 2, with its `data/`: `secret/data/app-keys`. */
  path: string;
}

/**
 * Keys in HashiCorp Vault, KV version 2: the secret is a {@link KeyDocument} itself, or holds the JSON of
 * one in its field `document`. The latest version is read.
 *
 * @example
 * import vault from 'node-vault';
 * const keys = new VaultKeyProvider({ client: vault(), path: 'secret/data/app-keys' });
 * SecurityModule.forRoot({ keys });
 */
export class VaultKeyProvider extends KeyProvider {
  readonly name = 'HashiCorp Vault';
  readonly #client: VaultClient;
  readonly #path: string;

  /**
   * @throws TypeError for a client without `read`, or without a path
   * @throws RangeError for a time that is not a positive number
   */
  constructor({ client, path, ...refresh }: VaultKeyProviderOptions) {
    super(refresh);
    if (typeof client?.read !== 'function')
      throw new TypeError('client must have read: give what node-vault makes');
    if (typeof path !== 'string' || path === '')
      throw new TypeError('path must be the path of a secret, such as secret/data/app-keys');
    this.#client = client;
    this.#path = path;
  }

  /**
   * Reads the secret.
   *
   * @throws KeyringError `KEY_PROVIDER_FAILED` for a refusal or a version that was deleted or destroyed,
   * `KEY_DOCUMENT_INVALID` for what is no answer of KV version 2
   * @throws the client's errors when there is no answer
   */
  async load(): Promise<KeyDocument> {
    const secret = member(await this.#read(), 'data');
    const gone = endOf(secret);
    if (gone !== undefined) throw this.#gone(gone);
    const data = member(secret, 'data');
    if (typeof data !== 'object' || data === null) throw this.#unreadable();
    const document = member(data, 'document');
    // Not yet checked: readKeyDocument does that.
    return typeof document === 'string'
      ? parseKeyDocument(document, this.name)
      : (data as KeyDocument);
  }

  async #read(): Promise<unknown> {
    try {
      // It knows no signals; without a limit of its own, a request that hangs would stay open.
      return await this.#client.read(this.#path, { timeout: this.refresh.timeoutMs });
    } catch (error) {
      const response = member(error, 'response');
      // Vault answers 404 for a version that is gone, and says so in the body.
      const gone = endOf(member(member(response, 'body'), 'data'));
      if (gone !== undefined) throw this.#gone(gone);
      const status = member(response, 'statusCode');
      throw typeof status === 'number' ? providerFailed(this.name, `HTTP ${status}`) : error;
    }
  }

  #gone(end: string): KeyringError {
    const mend =
      end === 'deleted'
        ? 'undelete it or write a new version'
        : 'write a new version of the secret';
    return providerFailed(this.name, `the latest version is ${end}`, mend);
  }

  #unreadable(): KeyringError {
    const mend = 'give a path of a KV engine of version 2, with its data/: secret/data/app-keys';
    return new KeyringError(
      'KEY_DOCUMENT_INVALID',
      `${this.name}: what was read is no secret: ${mend}`,
    );
  }
}

/** How a version ended, told by its metadata: Vault leaves these in place of the data. */
function endOf(secret: unknown): 'destroyed' | 'deleted' | undefined {
  const metadata = member(secret, 'metadata');
  if (member(secret, 'data') !== null || metadata === undefined) return undefined;
  return member(metadata, 'destroyed') === true ? 'destroyed' : 'deleted';
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
