import { decodeBase64 } from '../../../common/encoding.js';
import { AuditError } from '../../../errors/audit.error.js';
import { originOf } from '../note/log-checkpoint.js';
import { parseVerifierKey, type VerifierKey } from '../note/verifier-key.js';
import { isStreamName } from '../read/log-folder.js';
import { countJsonNames } from './json-names.js';

/** A stream as it is known from outside its folder. */
export interface TrustedStream {
  /** Its name. */
  readonly stream: string;
  /** The public key of epoch 0, 32 bytes. */
  readonly epochKey: Buffer;
  /** The identity key. */
  readonly identity: VerifierKey;
}

/**
 * What a log is verified against: kept elsewhere, where whoever can write the log cannot write.
 * `nestjs-security audit trust` prints it.
 */
export interface Trust {
  /** Every stream of the log, each once. One that is missing in the folder was removed. */
  readonly streams: readonly TrustedStream[];
  /** The key that may continue a stream whose epoch key was lost. */
  readonly recovery?: VerifierKey;
  /** The witnesses whose cosignatures count as anchors. */
  readonly witnesses: readonly VerifierKey[];
}

/** The largest trust file that is read, in bytes. */
export const MAX_TRUST_BYTES = 16 * 1024 * 1024;

const KEY_BYTES = 32;
const ED25519 = 1;
const COSIGNATURE = 4;
const STREAM_FIELDS = 3;

/**
 * Reads a trust file: JSON, no other fields than those of {@link Trust}, keys as verifier keys by C2SP,
 * `epochKey` in base64.
 *
 * @param text at most 16 MiB
 * @throws AuditError `AUDIT_TRUST_INVALID` for anything else
 * @example
 * const trust = parseTrust(await readFile('/mnt/elsewhere/audit-trust.json', 'utf8'));
 */
export function parseTrust(text: string): Trust {
  const document = objectOf(jsonOf(text), 'it');
  const { v, streams, recovery, witnesses = [], ...others } = document;
  refuseOthers(others);
  if (v !== 1) throw invalid('its version is not 1');
  if (!Array.isArray(streams) || !Array.isArray(witnesses))
    throw invalid('streams and witnesses must be lists');
  const trusted = streams.map(streamOf);
  if (new Set(trusted.map(({ stream }) => stream)).size < trusted.length)
    throw invalid('it names a stream twice');
  // Of two fields with one name, another reader may take the other.
  if (countJsonNames(text) > Object.keys(document).length + STREAM_FIELDS * trusted.length)
    throw invalid('a name stands twice in it');
  return {
    streams: trusted,
    ...(recovery !== undefined && { recovery: keyOf(recovery, ED25519, 'recovery') }),
    witnesses: witnesses.map((witness) => keyOf(witness, COSIGNATURE, 'a witness')),
  };
}

function jsonOf(text: string): unknown {
  if (text.length > MAX_TRUST_BYTES) throw invalid('it is larger than 16 MiB');
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('it is no JSON');
  }
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw invalid(`${what} is no object`);
}

function refuseOthers(others: object): void {
  if (Object.keys(others).length > 0)
    throw invalid('it has a field that is none of v, streams, recovery and witnesses');
}

function streamOf(value: unknown): TrustedStream {
  const { stream, epochKey, identity, ...others } = objectOf(value, 'a stream');
  if (Object.keys(others).length > 0)
    throw invalid('a stream has a field that is none of stream, epochKey and identity');
  if (typeof stream !== 'string' || !isStreamName(stream))
    throw invalid('a stream has no name of one');
  const key = typeof epochKey === 'string' ? decodeBase64(epochKey) : undefined;
  if (key?.length !== KEY_BYTES) throw invalid(`epochKey of ${stream} is no base64 of 32 bytes`);
  const identityKey = keyOf(identity, ED25519, `identity of ${stream}`);
  if (identityKey.name !== originOf(stream))
    throw invalid(`identity of ${stream} is the key of another name`);
  return { stream, epochKey: key, identity: identityKey };
}

function keyOf(value: unknown, type: VerifierKey['type'], what: string): VerifierKey {
  const key = typeof value === 'string' ? parseVerifierKey(value) : undefined;
  if (key?.type === type) return key;
  throw invalid(`${what} is no verifier key of type ${type}`);
}

function invalid(problem: string): AuditError {
  return new AuditError(
    'AUDIT_TRUST_INVALID',
    `the trust file cannot be used: ${problem}. Make it with: nestjs-security audit trust <directory>`,
  );
}
