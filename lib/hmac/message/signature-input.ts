import {
  parseDictionary,
  serializeDictionary,
  serializeInnerList,
  type Dictionary,
  type InnerList,
  type Item,
} from 'structured-headers';
import type { Component } from './signature-base.js';

/** The tag that sets our signatures apart from those that others may define (RFC 9421 §2.3). */
export const SIGNATURE_TAG = 'nestjs-security';

const LABEL = 'sig';
const MAX_LENGTH = 2048;
const MAC_BYTES = 32;
const PARAMETERS = ['created', 'expires', 'keyid', 'nonce', 'tag'];
const KEY_ID = /^[A-Za-z0-9_-]{1,64}$/;
const NONCE = /^[A-Za-z0-9_-]{16,128}$/;
const COMPONENTS: ReadonlySet<string> = new Set<Component>([
  '@method',
  '@authority',
  '@path',
  '@query',
  'content-digest',
  'content-type',
]);

/** The parameters of a signature (RFC 9421 §2.3). */
export interface SignatureParameters {
  /** When it was made, in seconds since the Unix epoch. */
  readonly created: number;
  /** Since when it is no longer valid, in seconds since the Unix epoch. */
  readonly expires?: number;
  readonly keyid: string;
  readonly nonce: string;
}

/** A signature taken from its headers. Nothing has proved any of it yet. */
export interface ReceivedSignature extends SignatureParameters {
  readonly components: readonly Component[];
  /** The value of `Signature-Input` behind the label, as it is spelt. */
  readonly spelt: string;
  readonly mac: Buffer;
}

/** Whether a text may be the id of a key. */
export function isKeyId(id: unknown): id is string {
  return typeof id === 'string' && KEY_ID.test(id);
}

/** Spells the components and the parameters, as they stand behind the label and in the signature base. */
export function formatParameters(
  components: readonly Component[],
  { created, expires, keyid, nonce }: SignatureParameters,
): string {
  const parameters = new Map<string, string | number>([['created', created]]);
  if (expires !== undefined) parameters.set('expires', expires);
  parameters.set('keyid', keyid).set('nonce', nonce).set('tag', SIGNATURE_TAG);
  return serializeInnerList([components.map((name): Item => [name, new Map()]), parameters]);
}

/** The two headers of a signature. */
export function formatSignature(
  parameters: string,
  mac: Buffer,
): { 'Signature-Input': string; Signature: string } {
  return {
    'Signature-Input': `${LABEL}=${parameters}`,
    Signature: `${LABEL}=:${mac.toString('base64')}:`,
  };
}

/**
 * Reads the two headers of a signature: exactly one signature, in the canonical spelling of RFC 9651, with no
 * parameter and no component beside those of the profile, and none twice.
 *
 * @returns `undefined` for anything else
 */
export function parseSignatureHeaders(
  input: string,
  signature: string,
): ReceivedSignature | undefined {
  const [label, list] = onlyMember(input) ?? [];
  const [sameLabel, item] = onlyMember(signature) ?? [];
  if (label === undefined || label !== sameLabel || !list || !item) return undefined;
  const components = componentsOf(list);
  const parameters = parametersOf(list);
  const mac = macOf(item);
  if (!components || !parameters || !mac) return undefined;
  return { ...parameters, components, mac, spelt: input.slice(label.length + 1) };
}

type Member = Item | InnerList;

function onlyMember(field: string): [string, Member] | undefined {
  if (field.length > MAX_LENGTH) return undefined;
  let members: Dictionary;
  try {
    members = parseDictionary(field);
    // White space, a repeated name, and base64 with spare bits are lost in parsing; spelt anew, they show.
    if (serializeDictionary(members) !== field) return undefined;
  } catch {
    return undefined;
  }
  const [member, ...others] = members;
  return others.length === 0 ? member : undefined;
}

function componentsOf([items]: Member): readonly Component[] | undefined {
  if (!Array.isArray(items)) return undefined;
  const names = items.flatMap(([name, parameters]) => (parameters.size === 0 ? [name] : [null]));
  return new Set(names).size === names.length && names.every(isComponent) ? names : undefined;
}

function isComponent(name: unknown): name is Component {
  return typeof name === 'string' && COMPONENTS.has(name);
}

function parametersOf([, parameters]: Member): SignatureParameters | undefined {
  if (![...parameters.keys()].every((name) => PARAMETERS.includes(name))) return undefined;
  const [created, expires] = [parameters.get('created'), parameters.get('expires')];
  const [keyid, nonce] = [parameters.get('keyid'), parameters.get('nonce')];
  if (!isSeconds(created) || (expires !== undefined && !isSeconds(expires))) return undefined;
  if (!isKeyId(keyid) || typeof nonce !== 'string' || !NONCE.test(nonce)) return undefined;
  if (parameters.get('tag') !== SIGNATURE_TAG) return undefined;
  return { created, keyid, nonce, ...(expires !== undefined && { expires }) };
}

function isSeconds(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function macOf([value, parameters]: Member): Buffer | undefined {
  if (!(value instanceof ArrayBuffer) || parameters.size > 0) return undefined;
  return value.byteLength === MAC_BYTES ? Buffer.from(value) : undefined;
}
