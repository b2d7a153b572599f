import { PasswordService, type SecurityEvent, SecurityEvents } from 'nestjs-security';
import { inspect } from 'node:util';
import type { AdmissionJob, AdmissionRequest } from '../../lib/password/admission/admission-job.js';
import { PasswordAdmission } from '../../lib/password/admission/password-admission.js';
import { testKey } from '../support/keys.js';
import { startServices } from '../support/services.js';

const PASSWORD = 'correct horse battery staple';
const SCHEMES: readonly object[] = [
  { memoryKiB: 64, timeCost: 2, parallelism: 1 },
  { memoryKiB: 64, timeCost: 2, parallelism: 1, backend: '@node-rs/argon2' },
  { scheme: 'bcrypt', bcryptCost: 4 },
  { scheme: 'bcrypt-sha256', bcryptCost: 4 },
  { scheme: 'scrypt', scryptCost: 4 },
  { scheme: 'pbkdf2-sha256', pbkdf2Iterations: 2 },
  { scheme: 'pbkdf2-sha512', pbkdf2Iterations: 2 },
];
const PEPPERS: readonly object[] = [
  {},
  { pepper: 'keyring' },
  { pepper: 'keyring', pepperKeyId: 'b' },
  { pepper: 'keyring', acceptUnpeppered: true },
];
const OTHERS: readonly object[] = [
  {},
  { equalize: 'top-up', rawUnicodeFallback: true, longBcrypt: 'symfony' },
];
const MATRIX = SCHEMES.flatMap((scheme) =>
  PEPPERS.flatMap((pepper) => OTHERS.map((other) => ({ ...scheme, ...pepper, ...other }))),
);

/** A service, the memory of each job that it is given, and what it reports. */
async function start(password: object) {
  const { module } = await startServices({ keys: [testKey('a'), testKey('b')], password });
  const admission = module.get(PasswordAdmission);
  const run = admission.run.bind(admission);
  const jobs: number[] = [];
  admission.run = <T>(job: AdmissionJob<T>, request?: AdmissionRequest) => {
    jobs.push(job.memoryKiB);
    return run(job, request);
  };
  const reported: SecurityEvent[] = [];
  module.get(SecurityEvents).subscribe((event) => reported.push(event));
  return { passwords: module.get(PasswordService), jobs, reported };
}

describe.each(MATRIX)('with %j', (options) => {
  it('a new hash verifies in one job, and is due for no other', async () => {
    const { passwords, jobs } = await start(options);
    const stored = await passwords.hash(PASSWORD);
    expect(stored).toMatch(/^[!-~]{1,255}$/);
    expect(await passwords.verifyAndUpgrade(stored, PASSWORD)).toEqual({
      ok: true,
      reason: 'match',
      needsRehash: false,
    });
    expect(jobs).toEqual([jobs[0], jobs[0]]);
  });

  it('every failure is one job of the weight of a new hash, and the event says no more than why', async () => {
    const { passwords, jobs, reported } = await start(options);
    const stored = await passwords.hash(PASSWORD);
    const failures: [string | null, string][] = [
      [stored, 'a wrong one'],
      [null, PASSWORD],
      ['', PASSWORD],
      ['!x', PASSWORD],
      ['junk', PASSWORD],
      ['$y$j9T$abc', PASSWORD],
      ['$2b$31$LSrKjFXps4Y.xCR7YC/y/.FZ49m8jrTCJ1ztTQ7NtJUWlVTE.9d4i', PASSWORD],
      [stored.replace(/keyid=./, 'keyid=/'), 'a wrong one'],
      [stored, ''],
      [stored, '[redacted]'],
      [stored, 'x'.repeat(5000)],
      [stored, '\ud800'],
      [stored, 'x'.repeat(4096)],
      [stored, 'a\0b'],
    ];
    for (const [value, password] of failures) {
      jobs.length = 1;
      expect(await passwords.verify(value, password)).toBe(false);
      expect(jobs).toEqual([jobs[0], jobs[0]]);
    }
    expect(inspect([reported, passwords], { depth: 9, showHidden: true })).not.toMatch(
      /horse|wrong one|\$2b|argon2id\$/,
    );
    expect(JSON.stringify(passwords)).toBe('{}');
  });
});
