import { createHash } from 'node:crypto';

const LEAF = Buffer.from([0x00]);
const NEW_LINE = Buffer.from([0x0a]);

/**
 * The hash of a record, 64 lower-case hexadecimal digits: SHA-256(0x00 || the line without its LF). It is
 * both the link that the next record carries as `prev` and the record's leaf hash in a Merkle tree by
 * RFC 6962.
 */
export function leafHash(line: Uint8Array): string {
  return createHash('sha256').update(LEAF).update(line).digest('hex');
}

/**
 * What the first record of a stream carries as `prev`: SHA-256(0x00 || stream || 0x0A || public key), so
 * that a stream cannot be passed off as another one.
 *
 * @param publicKey the first Ed25519 public key of the stream, 32 bytes
 */
export function genesisHash(stream: string, publicKey: Uint8Array): string {
  return createHash('sha256')
    .update(LEAF)
    .update(stream, 'utf8')
    .update(NEW_LINE)
    .update(publicKey)
    .digest('hex');
}
