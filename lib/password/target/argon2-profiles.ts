import type { Argon2Parameters } from '../../key-derivation/argon2-parameters.js';

/**
 * Sets of parameters for Argon2id that have a name:
 * - `guide`: 64 MiB, 3 passes, 4 lanes: the default, and that of Python's argon2-cffi;
 * - `owasp-19`, `owasp-46`: what the OWASP Password Storage Cheat Sheet calls the least: 19 MiB and 2 passes,
 *   46 MiB and 1 pass, 1 lane each;
 * - `rfc9106-low`: the second recommended option of RFC 9106, for less memory: 64 MiB, 3 passes, 4 lanes;
 * - `rfc9106-high`: its first: 2 GiB, 1 pass, 4 lanes; above what is verified unless the ceilings are raised.
 */
export type Argon2ProfileName = 'guide' | 'owasp-19' | 'owasp-46' | 'rfc9106-low' | 'rfc9106-high';

/** The parameters of each profile. */
export const ARGON2_PROFILES: Readonly<Record<Argon2ProfileName, Argon2Parameters>> = Object.freeze(
  {
    guide: { memoryKiB: 65_536, timeCost: 3, parallelism: 4 },
    'owasp-19': { memoryKiB: 19_456, timeCost: 2, parallelism: 1 },
    'owasp-46': { memoryKiB: 47_104, timeCost: 1, parallelism: 1 },
    'rfc9106-low': { memoryKiB: 65_536, timeCost: 3, parallelism: 4 },
    'rfc9106-high': { memoryKiB: 2_097_152, timeCost: 1, parallelism: 4 },
  },
);
