import {
  admissionLimits,
  admissionSchema,
} from '../../lib/password/admission/admission.options.js';

const machine = { cores: 16, threads: 4, lanes: 4 };

describe('The options of admission', () => {
  it('have defaults that follow the machine', () => {
    expect(admissionLimits(admissionSchema.parse({}), machine)).toEqual({
      concurrency: 3,
      memoryKiB: 524_288,
      maxQueued: 128,
      timeoutMs: 10_000,
    });
  });

  it('are taken as given', () => {
    const options = { concurrency: 7, memoryMiB: 64, maxQueued: 0, timeoutMs: 500 };
    expect(admissionLimits(admissionSchema.parse(options), machine)).toEqual({
      concurrency: 7,
      memoryKiB: 65_536,
      maxQueued: 0,
      timeoutMs: 500,
    });
  });

  it.each([
    [{ concurrency: 0 }, 'must be a whole number of hashes from 1 to 1023.'],
    [{ memoryMiB: 0.5 }, 'must be a whole number of MiB from 1 to 1048576.'],
    [{ maxQueued: -1 }, 'must be a whole number of hashes from 0 to 10000.'],
    [{ timeoutMs: 2 ** 31 }, 'must be a whole number of milliseconds from 1 to 2147483647.'],
    [{ maxQueue: 5 }, 'has no option "maxQueue". Did you mean "maxQueued"?'],
  ])('refuse %j', (options, message) => {
    expect(admissionSchema.safeParse(options).error?.issues[0]?.message).toBe(message);
  });
});
