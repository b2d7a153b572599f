import { createHash } from 'node:crypto';

const NAMESPACE = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * The key of something that may be used once, for {@link ReplayStore}: `<namespace>:` and the base64url of
 * SHA-256 over the parts, each as its length in four big-endian bytes and its bytes (text as UTF-8), so that
 * no two lists of parts give one key.
 *
 * Give what was signed, never the signature (others can be made for the same message under ECDSA), nor
 * anything that was not signed.
 *
 * @param namespace what shares one quota of the store: 1 to 64 of `A-Z a-z 0-9 . _ -`
 * @param parts such as receiver, tenant, and the signed id or else the signed bytes
 * @throws TypeError for another namespace, and for a part that is neither bytes nor well-formed text
 * @example
 * replayKey('webhook', ['stripe', '', event.id]);
 */
export function replayKey(namespace: string, parts: readonly (string | Uint8Array)[]): string {
  if (typeof namespace !== 'string' || !NAMESPACE.test(namespace)) {
    throw new TypeError('the namespace must be 1 to 64 of the characters A-Z a-z 0-9 . _ -');
  }
  const digest = createHash('sha256');
  for (const part of parts) {
    const bytes = bytesOf(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.byteLength);
    digest.update(length).update(bytes);
  }
  return `${namespace}:${digest.digest('base64url')}`;
}

function bytesOf(part: string | Uint8Array): Uint8Array {
  if (part instanceof Uint8Array) return part;
  if (typeof part === 'string' && part.isWellFormed()) return Buffer.from(part, 'utf8');
  throw new TypeError('a part must be bytes or a string without lone surrogates');
}
