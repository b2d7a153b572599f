import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { KeyringError } from '../errors/keyring.error.js';
import { parseKeyDocument, type DocumentKey, type KeyDocument } from '../keyring/key-document.js';
import type { KeyState } from '../keyring/key-entry.js';
import { KeyProvider, type KeyRefreshOptions } from '../keyring/key-provider.js';
import { providerFailed } from './provider-failed.js';

const OPENING_BRACE = 0x7b;
/** What `@aws-sdk/client-secrets-manager` calls its error for a secret or a stage that does not exist. */
const NOT_FOUND = 'ResourceNotFoundException';

type Stage = 'AWSCURRENT' | 'AWSPREVIOUS' | 'AWSPENDING';

/** What AWS Secrets Manager answers, as far as it is read. */
export interface AwsSecretValue {
  /** The secret, when it was stored as text. */
  SecretString?: string | undefined;
  /** The secret, when it was stored as bytes. */
  SecretBinary?: Uint8Array | undefined;
  /** Which version it is. */
  VersionId?: string | undefined;
}

/** The client that is needed: `new SecretsManager({})` of `@aws-sdk/client-secrets-manager` is one. */
export interface AwsSecretsManagerClient {
  /** Gives the version of a secret that bears a stage. */
  getSecretValue(
    input: { SecretId: string; VersionStage?: string },
    options?: { abortSignal?: AbortSignal },
  ): Promise<AwsSecretValue>;
}

/** What {@link AwsSecretsManagerKeyProvider} must be told. */
export interface AwsSecretsManagerKeyProviderOptions extends KeyRefreshOptions {
  /** The client, which knows region and credentials. It may need `secretsmanager:GetSecretValue` only. */
  client: AwsSecretsManagerClient;
  /** The name or the ARN of the secret. */
  secretId: string;
}

/**
 * Keys in AWS Secrets Manager. A secret that is a JSON object is taken as a {@link KeyDocument}. Any other
 * is one key, in whose stages AWS rotates: the version at AWSCURRENT is primary, the one at AWSPREVIOUS
 * accepted, the one at AWSPENDING staged. The id of such a key is its VersionId without dashes.
 *
 * AWS drops a bare key's version at the second rotation after it. Keep a document for what has to be read
 * longer than that.
 *
 * @example
 * import { SecretsManager } from '@aws-sdk/client-secrets-manager';
 * const keys = new AwsSecretsManagerKeyProvider({ client: new SecretsManager({}), secretId: 'app/keys' });
 * SecurityModule.forRoot({ keys });
 */
export class AwsSecretsManagerKeyProvider extends KeyProvider {
  readonly name = 'AWS Secrets Manager';
  readonly #client: AwsSecretsManagerClient;
  readonly #secretId: string;

  /**
   * @throws TypeError for a client without `getSecretValue`, or without a secretId
   * @throws RangeError for a time that is not a positive number
   */
  constructor({ client, secretId, ...refresh }: AwsSecretsManagerKeyProviderOptions) {
    super(refresh);
    if (typeof client?.getSecretValue !== 'function')
      throw new TypeError('client must have getSecretValue: give new SecretsManager({})');
    if (typeof secretId !== 'string' || secretId === '')
      throw new TypeError('secretId must be the name or the ARN of a secret');
    this.#client = client;
    this.#secretId = secretId;
  }

  /**
   * Asks for the secret: once for a document, three times for a bare key.
   *
   * @throws KeyringError `KEY_PROVIDER_FAILED` for an answer without a secret, `KEY_DOCUMENT_INVALID` when
   * what begins like JSON is none
   * @throws the client's errors
   */
  async load(signal: AbortSignal): Promise<KeyDocument> {
    const current = await this.#read('AWSCURRENT', signal);
    const document = documentText(current);
    if (document !== undefined) return parseKeyDocument(document, this.name);
    const [previous, pending] = await Promise.all([
      this.#readIfThere('AWSPREVIOUS', signal),
      this.#readIfThere('AWSPENDING', signal),
    ]);
    const keys = [
      this.#keyOf(current, 'primary'),
      ...previous.map((value) => this.#keyOf(value, 'accepted')),
      ...pending.map((value) => this.#keyOf(value, 'staged')),
    ];
    return { v: 1, keys: onePerId(keys) };
  }

  #read(stage: Stage, abortSignal: AbortSignal): Promise<AwsSecretValue> {
    const input = { SecretId: this.#secretId, VersionStage: stage };
    return this.#client.getSecretValue(input, { abortSignal });
  }

  async #readIfThere(stage: Stage, signal: AbortSignal): Promise<AwsSecretValue[]> {
    try {
      return [await this.#read(stage, signal)];
    } catch (error) {
      if (isNotFound(error)) return [];
      throw error;
    }
  }

  #keyOf(value: AwsSecretValue, state: KeyState): DocumentKey {
    const { SecretString, SecretBinary, VersionId } = value;
    if (documentText(value) !== undefined) {
      const message = `${this.name}: one stage holds a key document, AWSCURRENT a bare key: keep all of them in one form`;
      throw new KeyringError('KEY_DOCUMENT_INVALID', message);
    }
    const key =
      SecretString ?? (SecretBinary && `base64:${toBuffer(SecretBinary).toString('base64')}`);
    if (key === undefined || VersionId === undefined)
      throw providerFailed(this.name, 'an answer has no secret or no VersionId');
    return { id: idOf(VersionId), key, state };
  }
}

/** The text of a value that begins like a JSON object. Random bytes do not: they are no UTF-8. */
function documentText({ SecretString, SecretBinary }: AwsSecretValue): string | undefined {
  if (SecretString !== undefined)
    return SecretString.trimStart().startsWith('{') ? SecretString : undefined;
  return SecretBinary?.[0] === OPENING_BRACE && isUtf8(SecretBinary)
    ? toBuffer(SecretBinary).toString('utf8')
    : undefined;
}

function toBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** AWS makes UUIDs. Whoever stores a version may name it, as Terraform does: then the name is hashed. */
function idOf(versionId: string): string {
  const digits = versionId.replaceAll('-', '').toLowerCase();
  return /^[0-9a-f]{32}$/.test(digits)
    ? digits
    : createHash('sha256').update(versionId).digest('hex').slice(0, 32);
}

/** While AWS rotates, one version may bear two stages: the first of them counts. */
function onePerId(keys: readonly DocumentKey[]): readonly DocumentKey[] {
  return keys.filter(({ id }, index) => keys.findIndex((key) => key.id === id) === index);
}

function isNotFound(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === NOT_FOUND;
}
