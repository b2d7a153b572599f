/** What one process measured of its own start, in milliseconds. */
export interface BootTimes {
  /** From the start of the process to the listening application. */
  readonly ready: number;
  /** Of that, importing the package and what it imports, after Nest was imported. */
  readonly packageImport: number;
  /** The memory of the process when the application listens, in MiB. */
  readonly residentMiB: number;
  /** The first password hash, which loads argon2. */
  readonly firstHash?: number;
  /** The second, which does not. */
  readonly secondHash?: number;
}
