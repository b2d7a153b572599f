import { readFile } from 'node:fs/promises';
import { PasswordAdmission } from '../../lib/password/admission/password-admission.js';
import { computeArgon2 } from '../../lib/key-derivation/argon2-backend.js';
import { NativeHashes } from '../support/native-hashes.js';

const LOGINS = 16;
const THREADS = 4;
const MEMORY_KIB = 8192;

/** One real hash, some ten milliseconds of work. */
const hash = (): Promise<Buffer> =>
  computeArgon2(Buffer.from('correct horse'), {
    variant: 'argon2id',
    version: 19,
    memoryKiB: MEMORY_KIB,
    timeCost: 3,
    parallelism: 1,
    salt: Buffer.alloc(16),
    hashBytes: 32,
  });

/** Sends all logins at once and reads a file meanwhile: how many hashes had ended when it was read? */
async function burst(login: () => Promise<unknown>) {
  const hashes = new NativeHashes().start();
  const logins = Array.from({ length: LOGINS }, login);
  // A turn later, so that all that may go to the pool is there before the file is asked for.
  await new Promise((resolve) => setImmediate(resolve));
  await readFile('package.json');
  const endedBeforeFile = hashes.ended;
  await Promise.all(logins);
  hashes.stop();
  return { peak: hashes.peak, ended: hashes.ended, endedBeforeFile };
}

describe('A burst of logins', () => {
  beforeAll(hash);

  it.each([1, 2, 3])(
    'gives the pool as many hashes at a time as are admitted: %i',
    async (most) => {
      const limits = {
        concurrency: most,
        memoryKiB: 1_000_000,
        maxQueued: LOGINS,
        timeoutMs: 60_000,
      };
      const admission = new PasswordAdmission(limits);
      const seen = await burst(() => admission.run({ memoryKiB: MEMORY_KIB, work: hash }));
      expect(seen).toMatchObject({ peak: most, ended: LOGINS });
      expect(seen.endedBeforeFile).toBeLessThan(LOGINS / 2);
    },
  );

  it('gives the pool no more hashes at a time than fit into the memory', async () => {
    const limits = {
      concurrency: 3,
      memoryKiB: 2.5 * MEMORY_KIB,
      maxQueued: LOGINS,
      timeoutMs: 60_000,
    };
    const admission = new PasswordAdmission(limits);
    const { peak, ended } = await burst(() => admission.run({ memoryKiB: MEMORY_KIB, work: hash }));
    expect({ peak, ended }).toEqual({ peak: 2, ended: LOGINS });
  });

  it('without admission fills the pool, and a file waits for nearly all of it', async () => {
    const { peak, endedBeforeFile } = await burst(hash);
    expect(peak).toBe(LOGINS);
    expect(endedBeforeFile).toBeGreaterThan(LOGINS - 2 * THREADS);
  });
});
