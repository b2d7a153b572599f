import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import {
  AwsSecretsManagerKeyProvider,
  type AwsSecretsManagerClient,
  type KeyRefreshOptions,
} from 'nestjs-security';
import { randomUUID } from 'node:crypto';
import type { Received, Reply } from './http-double.js';
import { KeyStore } from './key-store.js';

const ARN = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:app/keys-AbCdEf';
const TARGET = 'secretsmanager.GetSecretValue';
const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY',
};

interface Version {
  readonly id: string;
  readonly value: string | Uint8Array;
}

/** AWS Secrets Manager with one secret: the AWS JSON 1.1 protocol, as the real client speaks it. */
export class AwsSecretsManagerDouble extends KeyStore {
  readonly confidential = [...Object.values(credentials), ARN, '111122223333'];
  readonly refusal = error(403, 'AccessDeniedException');
  readonly failure = error(500, 'InternalServiceError');
  protected readonly contentType = 'application/x-amz-json-1.1';
  readonly #stages = new Map<string, Version>();

  /** Stores a version and moves the stages as PutSecretValue does. */
  put(value: string | Uint8Array, id: string = randomUUID()): string {
    const current = this.#stages.get('AWSCURRENT');
    if (current) this.#stages.set('AWSPREVIOUS', current);
    this.#stages.set('AWSCURRENT', { id, value });
    return id;
  }

  /** Stores a version that is to become current, as the first step of a rotation does. */
  putPending(value: string, id: string = randomUUID()): string {
    this.#stages.set('AWSPENDING', { id, value });
    return id;
  }

  /** Makes the pending version the current one; it bears both stages until the rotation is over. */
  promote(): void {
    const { id = '', value = '' } = this.#stages.get('AWSPENDING') ?? {};
    this.put(value, id);
  }

  provider(refresh: KeyRefreshOptions = {}): AwsSecretsManagerKeyProvider {
    // Without a cast: the real client fits the type.
    const client: AwsSecretsManagerClient = this.client();
    return new AwsSecretsManagerKeyProvider({ client, secretId: ARN, ...refresh });
  }

  /** The real client. */
  client(): SecretsManager {
    // Or it announces in every run which Node it will ask for one day.
    process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
    return new SecretsManager({
      region: 'eu-central-1',
      endpoint: this.url,
      credentials,
      maxAttempts: 1,
    });
  }

  protected answer({ method, headers, body }: Received): Reply {
    const isSigned = headers.authorization?.startsWith('AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/');
    if (!isSigned) return error(400, 'MissingAuthenticationTokenException');
    if (method !== 'POST' || headers['x-amz-target'] !== TARGET)
      return error(400, 'UnknownOperationException');
    const { SecretId, VersionStage = 'AWSCURRENT' } = JSON.parse(body) as {
      SecretId: string;
      VersionStage?: string;
    };
    const version = SecretId === ARN ? this.#stages.get(VersionStage) : undefined;
    return version ? found(version) : error(400, 'ResourceNotFoundException');
  }
}

function found({ id, value }: Version): Reply {
  const secret =
    typeof value === 'string'
      ? { SecretString: value }
      : { SecretBinary: Buffer.from(value).toString('base64') };
  return { status: 200, body: JSON.stringify({ ARN, Name: 'app/keys', VersionId: id, ...secret }) };
}

function error(status: number, type: string): Reply {
  return { status, body: JSON.stringify({ __type: type, Message: `${type} for ${ARN}` }) };
}
