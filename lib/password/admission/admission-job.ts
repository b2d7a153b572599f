/** A piece of native work that cannot be interrupted. */
export interface AdmissionJob<T> {
  /** The memory that it fills, in KiB. */
  readonly memoryKiB: number;
  /** Does it. Called once, or never if the caller is refused first. */
  readonly work: () => Promise<T>;
}

/** What a caller may say about its own call. */
export interface AdmissionRequest {
  /** Ends the wait: the call rejects with the signal's reason. Work that has begun runs on unheard. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds from the call until it is refused, 1 to 2147483647; of a call that takes several hashes, for
   * all of them together.
   *
   * @default the `timeoutMs` of the limits, for each hash
   */
  readonly timeoutMs?: number | undefined;
  /**
   * On whose behalf, such as an address or an account: different keys take turns. Of more than 256 characters
   * only the SHA-256 counts.
   *
   * @default one key that all calls without one share
   */
  readonly fairnessKey?: string | undefined;
}
