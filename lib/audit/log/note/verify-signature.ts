import { verify } from 'node:crypto';
import { cosignedBytes, parseCosignature } from './cosignature.js';
import { publicKeyOf } from './note-signer.js';
import type { VerifierKey } from './verifier-key.js';

/** A key whose signature of a note was verified. */
export interface VerifiedSignature {
  readonly key: VerifierKey;
  /** When a witness signed, in seconds since 1970; only with keys of type 4. */
  readonly time?: number;
}

/** Verifies one signature of a note's text; `undefined` when it fails. */
export function verifySignature(
  key: VerifierKey,
  text: string,
  signature: Buffer,
): VerifiedSignature | undefined {
  if (key.type === 1) {
    return holds(key, Buffer.from(text, 'utf8'), signature) ? { key } : undefined;
  }
  const cosignature = parseCosignature(signature);
  if (!cosignature) return undefined;
  const { time } = cosignature;
  return holds(key, cosignedBytes(text, time), cosignature.signature) ? { key, time } : undefined;
}

function holds({ publicKey }: VerifierKey, signed: Buffer, signature: Buffer): boolean {
  return verify(null, signed, publicKeyOf(publicKey), signature);
}
