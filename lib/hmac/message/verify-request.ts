import { contentDigest } from './content-digest.js';
import { fieldValue, incomingTarget, type MessageHeaders } from './request-target.js';
import { neededComponents, signatureBase, type Component } from './signature-base.js';
import { parseSignatureHeaders, type ReceivedSignature } from './signature-input.js';

const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** A request as it came. */
export interface IncomingRequest {
  /** The HTTP method. */
  method: string;
  /** Path and query exactly as they came: `originalUrl` of Express and Fastify, never decoded. */
  url: string;
  /** The headers, as Node gives them. */
  headers: MessageHeaders;
  /** The body exactly as it came, before any parsing; `undefined` when there was none. */
  rawBody: Uint8Array | undefined;
}

/**
 * Why a request was refused; for logs, never for whoever sent it.
 * - `missing`: it has no signature
 * - `malformed`: its first line or its signature is not spelt as it must be, has parameters that are not of the
 *   profile, or there are several signatures
 * - `not-covered`: it does not sign just what it has to
 * - `unknown-key`, `revoked-key`: it names a key that is not known, or that was revoked
 * - `mismatch`: forged, damaged, or for another method, origin, path, query or type
 * - `expired`, `from-the-future`: its time is too far from ours
 * - `body-not-kept`: there was a body, or over HTTP/2 may have been one, and its bytes were not given
 * - `digest-mismatch`: it is genuine, and has another body
 * - `replayed`: it came before
 */
export type RequestRefusal =
  | 'missing'
  | 'malformed'
  | 'not-covered'
  | 'unknown-key'
  | 'revoked-key'
  | 'mismatch'
  | 'expired'
  | 'from-the-future'
  | 'body-not-kept'
  | 'digest-mismatch'
  | 'replayed';

/** What verifying a request gives. */
export type RequestVerdict =
  | {
      readonly ok: true;
      /** The key that signed it. */
      readonly keyId: string;
      /** When it was signed, in seconds since the Unix epoch. */
      readonly signedAt: number;
    }
  | { readonly ok: false; readonly reason: RequestRefusal };

/** A signed request taken apart. Nothing has proved any of it yet. */
export interface ParsedRequest {
  readonly signature: ReceivedSignature;
  /** What the MAC is over. */
  readonly base: string;
  /** What the request says of its body. */
  readonly digest: string;
}

/** Takes a signed request apart; a text says why it cannot be. */
export function parseIncoming(
  { method, url, headers }: IncomingRequest,
  authority: string,
): ParsedRequest | RequestRefusal {
  const [input, mac, digest, type] = (
    ['signature-input', 'signature', 'content-digest', 'content-type'] as const
  ).map((name) => fieldValue(headers, name));
  if (input === undefined && mac === undefined) return 'missing';
  const target = incomingTarget(method, url, authority);
  if (!input || !mac || type === null || digest === null || !target) return 'malformed';
  const signature = parseSignatureHeaders(input, mac);
  if (!signature) return 'malformed';
  if (digest === undefined) return 'not-covered';
  const values = {
    ...target,
    'content-digest': digest,
    ...(type !== undefined && { 'content-type': type }),
  };
  if (!coversJust(signature.components, neededComponents(values))) return 'not-covered';
  const base = signatureBase(signature.components, values, signature.spelt);
  return { signature, base, digest };
}

/** The signer may choose the order. */
function coversJust(covered: readonly Component[], needed: readonly Component[]): boolean {
  return covered.length === needed.length && needed.every((name) => covered.includes(name));
}

/** What is wrong with the time of a genuine request. */
export function judgeRequestTime(
  { created, expires = Infinity }: ReceivedSignature,
  now: number,
  toleranceSeconds: number,
): 'expired' | 'from-the-future' | undefined {
  if (now > created + toleranceSeconds || now >= expires) return 'expired';
  return created > now + toleranceSeconds ? 'from-the-future' : undefined;
}

/** What is wrong with the body of a genuine request. */
export function judgeBody(
  request: IncomingRequest,
  digest: string,
): 'body-not-kept' | 'digest-mismatch' | undefined {
  const body = request.rawBody ?? new Uint8Array(0);
  // Whoever holds the signature of an empty body could otherwise add one that nobody kept.
  if (body.length === 0 && mayHaveBody(request)) return 'body-not-kept';
  return contentDigest(body) === digest ? undefined : 'digest-mismatch';
}

function mayHaveBody({ method, headers, rawBody }: IncomingRequest): boolean {
  if (fieldValue(headers, 'transfer-encoding') !== undefined) return true;
  const length = fieldValue(headers, 'content-length');
  if (length !== undefined) return length !== '0';
  // HTTP/2 announces no body; without a type, or with GET, frameworks read none.
  const isSilent = rawBody === undefined && fieldValue(headers, ':method') !== undefined;
  return isSilent && !BODILESS.has(method) && fieldValue(headers, 'content-type') !== undefined;
}
