import { hash as digestOf } from 'node:crypto';
import { decodeCryptBase64 } from '../../lib/password/stored/crypt-base64.js';
import { inSlices } from '../../lib/password/stored/in-slices.js';
import { computeShaCrypt } from '../../lib/password/stored/sha-crypt.js';

/** For how many milliseconds at a time, on average, the event loop did not turn while something was done. */
async function averageStop(work: Promise<unknown>): Promise<number> {
  const start = performance.now();
  let [turns, isDone] = [0, false];
  const look = (): void => {
    turns += 1;
    if (!isDone) setImmediate(look);
  };
  setImmediate(look);
  await work;
  isDone = true;
  return (performance.now() - start) / turns;
}

describe('sha-crypt', () => {
  it.each<[what: string, password: Buffer, rounds: number]>([
    ['many rounds', Buffer.from('password'), 100_000],
    ['the longest password', Buffer.alloc(4096, 'x'), 2_000],
  ])('lets the event loop turn while it computes %s', async (_, password, rounds) => {
    const salt = Buffer.from('0123456789abcdef');
    const work = computeShaCrypt('sha512', password, salt, rounds);
    expect(await averageStop(work)).toBeLessThan(5);
  });

  it('gives the same digest however it is interrupted', async () => {
    const compute = () =>
      computeShaCrypt('sha256', Buffer.from('password'), Buffer.from('salt'), 20_000);
    const [first, second] = await Promise.all([compute(), compute()]);
    expect(first).toEqual(second);
    expect(first).toEqual(await compute());
  });
});

describe('Work in slices', () => {
  it('does every step once, in order', async () => {
    const seen: number[] = [];
    await inSlices(5_000, (index) => {
      digestOf('sha512', 'work', 'buffer');
      seen.push(index);
    });
    expect(seen).toEqual(Array.from({ length: 5_000 }, (_, index) => index));
    await inSlices(0, () => expect(true).toBe(false));
  });

  it('fails where a step fails', async () => {
    const failing = inSlices(100, (index) => {
      if (index === 50) throw new RangeError('step');
    });
    await expect(failing).rejects.toThrow(RangeError);
  });
});

describe('The base64 of crypt', () => {
  it('has its lowest bits first', () => {
    expect(decodeCryptBase64('/....', 3)).toBeUndefined();
    expect(decodeCryptBase64('/...', 3)).toEqual(Buffer.from([1, 0, 0]));
    expect(decodeCryptBase64('.2..', 3)).toEqual(Buffer.from([0, 1, 0]));
    expect(decodeCryptBase64('...E', 3)).toEqual(Buffer.from([0, 0, 0x40]));
  });

  it('has no spare bits and no other letters', () => {
    expect(decodeCryptBase64('z1', 1)).toEqual(Buffer.from([0xff]));
    for (const text of ['z2', 'z', 'z11', 'z=', 'z ', 'zł', '']) {
      expect([text, decodeCryptBase64(text, 1)]).toEqual([text, undefined]);
    }
  });
});
