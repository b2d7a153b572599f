import { PasswordService } from 'nestjs-security';
import { startServices } from '../support/services.js';

async function passwordsWith(password: object): Promise<PasswordService> {
  const { module } = await startServices({ password });
  return module.get(PasswordService);
}

describe('calibrate', () => {
  it('measures some sizes of memory beside what is configured, and recommends the strongest that fits', async () => {
    const passwords = await passwordsWith({ profile: 'owasp-19' });
    const result = await passwords.calibrate({ targetMs: 60, memoryMiB: 40 });
    expect(result.rows.map(({ memoryKiB }) => memoryKiB)).toEqual([40_960, 20_480, 19_456]);
    expect(result.configured).toMatchObject({ memoryKiB: 19_456, timeCost: 2, parallelism: 1 });
    const fitting = result.rows.filter(({ fits }) => fits);
    const strengths = fitting.map(({ memoryKiB, timeCost }) => memoryKiB ** 2 * timeCost);
    const { memoryKiB = 0, timeCost = 0 } = result.recommendation ?? {};
    expect(memoryKiB ** 2 * timeCost).toBe(Math.max(0, ...strengths));
    expect(result.table.split('\n')).toHaveLength(5);
    expect(result.table).toContain('(configured)');
  });

  it('recommends nothing where nothing fits', async () => {
    const passwords = await passwordsWith({ scheme: 'bcrypt', bcryptCost: 4 });
    const result = await passwords.calibrate({ targetMs: 1, memoryMiB: 19 });
    expect(result).toMatchObject({ configured: undefined, recommendation: undefined });
    expect(result.rows).toHaveLength(1);
  });

  it.each([
    { targetMs: 0, memoryMiB: 64 },
    { targetMs: 250, memoryMiB: 18 },
    { targetMs: 250, memoryMiB: 257 },
    { targetMs: 250, memoryMiB: 64, parallelism: 17 },
    { targetMs: Number.NaN, memoryMiB: 64 },
  ])('refuses %j', async (goal) => {
    const passwords = await passwordsWith({});
    await expect(passwords.calibrate(goal)).rejects.toThrow(RangeError);
  });
});
