const TIME_BYTES = 8;

/** What a witness signs by cosignature/v1 of c2sp.org/tlog-cosignature: a time and a checkpoint's text. */
export interface Cosignature {
  /** When the witness signed, in seconds since 1970. */
  readonly time: number;
  /** The Ed25519 signature of {@link cosignedBytes}. */
  readonly signature: Buffer;
}

/** The bytes that a witness signs. */
export function cosignedBytes(text: string, time: number): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${time}\n${text}`, 'utf8');
}

/** Writes a cosignature as a note carries it: 8 bytes of time, highest first, and the signature. */
export function cosignatureBytes({ time, signature }: Cosignature): Buffer {
  const head = Buffer.alloc(TIME_BYTES);
  head.writeBigUInt64BE(BigInt(time));
  return Buffer.concat([head, signature]);
}

/** Reads what a note carries as a cosignature; `undefined` when there is no time that a number can hold. */
export function parseCosignature(bytes: Buffer): Cosignature | undefined {
  if (bytes.length < TIME_BYTES) return undefined;
  const time = Number(bytes.readBigUInt64BE());
  return Number.isSafeInteger(time) ? { time, signature: bytes.subarray(TIME_BYTES) } : undefined;
}
