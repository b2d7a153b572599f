import { setTimeout as wait } from 'node:timers/promises';
import { PasswordService } from 'nestjs-security';
import type { AdmissionJob, AdmissionRequest } from '../../lib/password/admission/admission-job.js';
import { PasswordAdmission } from '../../lib/password/admission/password-admission.js';
import { startServices } from '../support/services.js';

const PASSWORD = 'correct horse battery staple';
const SLOW_MS = 40;

/** A service each of whose hashes takes a while, and the time that was left for each. */
async function startSlow(password: object, waits = [SLOW_MS, SLOW_MS]) {
  const weak = await startServices({ password: { memoryKiB: 8, timeCost: 1, parallelism: 1 } });
  const stored = await weak.module.get(PasswordService).hash(PASSWORD);
  const { module } = await startServices({
    password: { memoryKiB: 64, timeCost: 2, parallelism: 1, ...password },
  });
  const admission = module.get(PasswordAdmission);
  const run = admission.run.bind(admission);
  const left: (number | undefined)[] = [];
  admission.run = async <T>(job: AdmissionJob<T>, request?: AdmissionRequest) => {
    left.push(request?.timeoutMs);
    await wait(waits[(left.length - 1) % 2]);
    return run(job, request);
  };
  return { passwords: module.get(PasswordService), stored, left };
}

describe('the time that a call is given', () => {
  it('is that of the login and of the new hash together', async () => {
    const { passwords, stored, left } = await startSlow({});
    const options = { stored, password: PASSWORD, timeoutMs: 10_000, onRehash: () => true };
    expect(await passwords.login(options)).toMatchObject({ ok: true, rehashed: true });
    expect(await passwords.verifyAndUpgrade(stored, PASSWORD, { timeoutMs: 10_000 })).toMatchObject(
      { ok: true, newHash: expect.any(String) },
    );
    expect(left).toHaveLength(4);
    for (const second of [left[1], left[3]]) expect(second).toBeLessThan(10_001 - SLOW_MS);
  });

  it('is that of both forms of a password together', async () => {
    const { passwords, stored, left } = await startSlow({ rawUnicodeFallback: true });
    expect(await passwords.verify(stored, 'pa\u0302te', { timeoutMs: 10_000 })).toBe(false);
    expect(left).toHaveLength(2);
    expect(left[1]).toBeLessThan(10_001 - SLOW_MS);
  });

  it('ends the new hash and not the login when it is over', async () => {
    const slow = { memoryKiB: 65_536, timeCost: 4 };
    const { passwords, stored } = await startSlow(slow, [0, 600]);
    const verdict = await passwords.verifyAndUpgrade(stored, PASSWORD, { timeoutMs: 500 });
    expect(verdict).toEqual({ ok: true, reason: 'match', needsRehash: true });
  });

  it('is that of each hash where the call names none', async () => {
    const { passwords, stored, left } = await startSlow({});
    await passwords.verifyAndUpgrade(stored, PASSWORD);
    expect(left).toEqual([undefined, undefined]);
  });

  it.each([0, 1.5, -1, NaN, 2 ** 31])('is a whole number of milliseconds: not %p', async (time) => {
    const { passwords, stored, left } = await startSlow({});
    const verdict = passwords.verify(stored, PASSWORD, { timeoutMs: time });
    await expect(verdict).rejects.toThrow(RangeError);
    expect(left).toEqual([]);
  });
});
