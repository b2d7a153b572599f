import { VaultKeyProvider, type KeyRefreshOptions, type VaultClient } from 'nestjs-security';
import vault from 'node-vault';
import type { Received, Reply } from './http-double.js';
import { KeyStore } from './key-store.js';

const TOKEN = 'hvs.CAESIJ7tVgXEXAMPLE';
const PATH = 'secret/data/app-keys';
const CREATED = '2026-11-23T10:00:00.000000000Z';

type Data = Readonly<Record<string, unknown>>;

/** Vault with one secret in a KV engine of version 2: the HTTP API, as the real client speaks it. */
export class VaultDouble extends KeyStore {
  readonly confidential = [TOKEN];
  readonly refusal = errors(403, '1 error occurred:\n\t* permission denied\n\n');
  readonly failure = errors(500, 'internal error');
  protected readonly contentType = 'application/json';
  #data: Data | undefined;
  #version = 0;
  #end: 'deleted' | 'destroyed' | undefined;

  /** Stores the text of a document in a field. */
  put(document: string): void {
    this.write({ document });
  }

  /** Stores fields as the newest version. */
  write(data: Data): void {
    this.#data = data;
    this.#version += 1;
    this.#end = undefined;
  }

  /** Ends the newest version: its data are not given any more. */
  end(how: 'deleted' | 'destroyed'): void {
    this.#end = how;
  }

  provider(refresh: KeyRefreshOptions = {}): VaultKeyProvider {
    return this.providerOf(PATH, refresh);
  }

  /** A provider that reads another path. */
  providerOf(path: string, refresh: KeyRefreshOptions = {}): VaultKeyProvider {
    // Without a cast: the real client fits the type.
    const client: VaultClient = vault({ endpoint: this.url, token: TOKEN });
    return new VaultKeyProvider({ client, path, ...refresh });
  }

  protected answer({ method, path, headers }: Received): Reply {
    if (headers['x-vault-token'] !== TOKEN) return this.refusal;
    if (method !== 'GET') return errors(405);
    // A KV engine of version 1 beside it.
    if (path === '/v1/kv/app-keys')
      return { status: 200, body: JSON.stringify({ data: this.#data }) };
    if (path !== `/v1/${PATH}` || !this.#data) return errors(404);
    const metadata = {
      created_time: CREATED,
      deletion_time: this.#end === 'deleted' ? CREATED : '',
      destroyed: this.#end === 'destroyed',
      version: this.#version,
    };
    const data = this.#end ? null : this.#data;
    return { status: this.#end ? 404 : 200, body: JSON.stringify({ data: { data, metadata } }) };
  }
}

function errors(status: number, ...messages: string[]): Reply {
  return { status, body: JSON.stringify({ errors: messages }) };
}
