import { startMac } from '../mac/compute-mac.js';
import { isTextOrBytes } from '../mac/text-or-bytes.js';
import { contentDigest } from './content-digest.js';
import type { NamedMacKey } from './request-key.js';
import { fieldValue, outgoingTarget, type MessageHeaders } from './request-target.js';
import { neededComponents, signatureBase } from './signature-base.js';
import { formatParameters, formatSignature } from './signature-input.js';

/** A request that is about to be sent. */
export interface OutgoingRequest {
  /** The HTTP method in capitals. */
  method: string;
  /** The absolute URL, as it will be given to `fetch`. */
  url: string | URL;
  /**
   * The headers that it will have. Of these, `Content-Type` is signed: give it whenever there is one.
   *
   * @default none
   */
  headers?: MessageHeaders;
  /**
   * The body as it will be sent; text as UTF-8.
   *
   * @default none
   */
  body?: string | Uint8Array;
}

/** The headers that sign a request (RFC 9421, RFC 9530), to be sent beside its own. */
export interface RequestSignatureHeaders {
  /** The digest of the body. */
  'Content-Digest': string;
  /** What is signed, and under which key. */
  'Signature-Input': string;
  /** The signature. */
  Signature: string;
}

/** When a request is signed, and for how long. */
export interface SignatureTimes {
  readonly created: number;
  readonly expires?: number;
  readonly nonce: string;
}

const OURS = ['content-digest', 'signature-input', 'signature'];

/**
 * Signs a request.
 *
 * @throws TypeError for a request that cannot be signed as it would arrive
 */
export function signOutgoing(
  { method, url, headers = {}, body = '' }: OutgoingRequest,
  { id, key }: NamedMacKey,
  times: SignatureTimes,
): RequestSignatureHeaders {
  if (!isTextOrBytes(body)) {
    throw new TypeError('body must be bytes or a string without lone surrogates');
  }
  if (OURS.some((name) => fieldValue(headers, name) !== undefined)) {
    throw new TypeError('headers must have no signature yet');
  }
  const digest = contentDigest(body);
  const type = contentTypeOf(headers, body);
  const values = {
    ...outgoingTarget(method, url),
    'content-digest': digest,
    ...(type !== undefined && { 'content-type': type }),
  };
  const components = neededComponents(values);
  const parameters = formatParameters(components, { ...times, keyid: id });
  const mac = startMac('sha256', key, signatureBase(components, values, parameters)).digest();
  return { 'Content-Digest': digest, ...formatSignature(parameters, mac) };
}

function contentTypeOf(headers: MessageHeaders, body: string | Uint8Array): string | undefined {
  const type = fieldValue(headers, 'content-type');
  if (type === null) {
    throw new TypeError('content-type must be one value of printable ASCII');
  }
  if (type === undefined && typeof body === 'string' && body !== '') {
    // fetch gives text a type of its own, which would then arrive unsigned.
    throw new TypeError('give the content-type of a body that is text');
  }
  return type;
}
