/** A checkpoint that is to be kept elsewhere. */
export interface AnchoredCheckpoint {
  /** The stream whose checkpoint it is. */
  readonly stream: string;
  /** How many records it covers. */
  readonly size: number;
  /** The checkpoint: a signed note, as C2SP has it. */
  readonly note: string;
  /**
   * Gives the hashes that prove, by RFC 6962, that the records of an older checkpoint are the first of this one.
   *
   * @param oldSize how many records the older checkpoint covers, 1 to `size`
   */
  proofFrom(oldSize: number): Promise<readonly Buffer[]>;
}

/**
 * Keeps signed checkpoints of the audit log where whoever has this machine cannot change them. What is anchored
 * cannot be cut off or rewritten unseen, not even with the keys of the log. `auditAnchorContract` of
 * `nestjs-security/testing` tests an anchor of your own.
 *
 * @example
 * class BucketAuditAnchor extends AuditAnchor {
 *   readonly name = 'bucket';
 *
 *   async publish({ stream, note }: AnchoredCheckpoint): Promise<void> {
 *     await this.bucket.putLocked(`${stream}/${Date.now()}`, note);
 *   }
 *
 *   async latest(stream: string): Promise<string | undefined> {
 *     return this.bucket.newest(`${stream}/`);
 *   }
 * }
 */
export abstract class AuditAnchor {
  /** Names the anchor in events, in one line. */
  abstract readonly name: string;

  /**
   * Keeps a checkpoint; resolves when it is kept. Called with ever newer checkpoints of a stream, not with all of
   * them, and one call at a time; what is rejected is tried again with the newest.
   *
   * @returns the same note with more signatures, when the anchor adds some
   * @throws AuditError with the code `AUDIT_FORK` when the checkpoint contradicts one that the anchor holds
   */
  abstract publish(checkpoint: AnchoredCheckpoint): Promise<string | void>;

  /** The newest note of a stream that the anchor holds; `undefined` when it holds none. */
  abstract latest(stream: string): Promise<string | undefined>;
}
