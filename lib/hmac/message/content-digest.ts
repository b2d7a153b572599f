import { hash } from 'node:crypto';

/** The value of `Content-Digest` (RFC 9530) for a body, under SHA-256: `sha-256=:<base64>:`. */
export function contentDigest(body: string | Uint8Array): string {
  return `sha-256=:${hash('sha256', body, 'base64')}:`;
}
