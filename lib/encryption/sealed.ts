import { fernetTokenLength } from './fernet-format.js';

const PREFIX = /^f1\.([A-Za-z0-9_-]{1,32})\./;
/** The version, 0x80, always gives the first character. */
const TOKEN = /^g[A-Za-z0-9_-]*={0,2}$/;
const SHORTEST_TOKEN = fernetTokenLength(0);

/** The parts of a stored form `f1.<key id>.<token>`. */
export interface SealedParts {
  /** The id of the key that the value names. Nothing has proved it yet. */
  readonly keyId: string;
  /** What stands behind it; whether that is a token is not looked at. */
  readonly token: string;
}

/**
 * Takes the stored form apart, without any key, such as to count values by the key that they name. Looks at
 * the first 36 characters only.
 *
 * @param value anything at all
 * @returns `undefined` for anything but text with this beginning
 * @example
 * parseSealed(row.iban)?.keyId; // '2026-11'
 */
export function parseSealed(value: unknown): SealedParts | undefined {
  if (typeof value !== 'string') return undefined;
  const [prefix, keyId] = PREFIX.exec(value) ?? [];
  if (prefix === undefined || keyId === undefined) return undefined;
  return { keyId, token: value.slice(prefix.length) };
}

/**
 * Tells whether a value has the stored form that `seal` gives, such as while a column of plain text is being
 * encrypted. It proves nothing: only opening does.
 *
 * @param value anything at all
 * @example
 * if (!isSealed(row.iban)) row.iban = encryption.seal(row.iban);
 */
export function isSealed(value: unknown): value is string {
  const { token = '' } = parseSealed(value) ?? {};
  return token.length >= SHORTEST_TOKEN && token.length % 4 === 0 && TOKEN.test(token);
}

/** Puts the stored form together. */
export function formatSealed({ keyId, token }: SealedParts): string {
  return `f1.${keyId}.${token}`;
}
