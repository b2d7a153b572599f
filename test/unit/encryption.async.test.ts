import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import type { EncryptionService } from 'nestjs-security';
import { holdOf } from '../../bench/loop-hold.js';
import { LoopTurns } from '../../lib/encryption/loop-turns.js';
import { endOfAsync } from '../support/error-code.js';
import { fernetKey, startEncryption } from '../support/encryption.js';
import { forgeToken, inPaddedBase64Url } from '../support/forge-token.js';

const KEY = fernetKey('now');
const SLICE = 192 * 1024;
const MAX = 16 * 1024 * 1024;

let encryption: EncryptionService;
beforeAll(async () => {
  ({ encryption } = await startEncryption({ keys: [KEY, fernetKey('old')] }));
});

/** The least of several tries: the collection of garbage falls into some of them. */
async function leastHold(work: () => Promise<unknown>): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < 10 && least >= 10; round += 1) {
    least = Math.min(least, (await holdOf(work)).longest);
  }
  return least;
}

describe('encryptAsync and decryptAsync', () => {
  it.each([0, 1, 15, 16, SLICE - 57, SLICE - 1, SLICE, SLICE + 1, 3 * SLICE + 7])(
    'read and write the tokens of encrypt and decrypt, of %p bytes',
    async (length) => {
      const data = randomBytes(length);
      const options = { context: 'a' };
      const token = await encryption.encryptAsync(data, options);
      const opened = [
        encryption.decrypt(token, options),
        await encryption.decryptAsync(token, options),
        await encryption.decryptAsync(encryption.encrypt(data)),
      ];
      expect(opened.map((plaintext) => plaintext.equals(data))).toEqual([true, true, true]);
    },
  );

  it('cut no character into two', async () => {
    for (const text of ['𝒳'.repeat(SLICE), `x${'𝒳'.repeat(SLICE)}`, 'grün'.repeat(SLICE)]) {
      const token = await encryption.encryptAsync(text);
      expect(encryption.decryptToString(token) === text).toBe(true);
    }
  });

  it('refuse what encrypt refuses', async () => {
    const surrogate = `${'x'.repeat(SLICE - 1)}\ud800${'x'.repeat(10)}`;
    const end = (data: unknown): Promise<string> =>
      endOfAsync(() => encryption.encryptAsync(data as string));
    expect(await end(surrogate)).toBe('ENC_TEXT_ILL_FORMED');
    expect(await end(`${'x'.repeat(SLICE - 1)}\ud800`)).toBe('ENC_TEXT_ILL_FORMED');
    expect(await end(5)).toBe('TypeError');
    expect(await end(Buffer.alloc(MAX + 1))).toBe('ENC_PLAINTEXT_TOO_LARGE');
    expect(await end('ü'.repeat(MAX / 2 + 1))).toBe('ENC_PLAINTEXT_TOO_LARGE');
    expect(await end('x'.repeat(MAX + 1))).toBe('ENC_PLAINTEXT_TOO_LARGE');
  });

  it('refuse what decrypt refuses', async () => {
    const token = encryption.encrypt(randomBytes(2 * SLICE));
    const bytes = Buffer.from(token, 'base64url');
    const flipped = [0, 5, 20, 1000, SLICE + 5, bytes.length - 1].map((at) => {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      return inPaddedBase64Url(changed);
    });
    const boundary = (SLICE / 3) * 4;
    const respelt = [
      `${token.slice(0, boundary - 1)}=${token.slice(boundary)}`,
      `${token.slice(0, boundary - 2)}==${token.slice(boundary)}`,
      `${token.slice(0, boundary)}\n${token.slice(boundary)}`,
      `${token.slice(0, 500)}Ł${token.slice(501)}`,
      `${token}=`,
      token.replace(/=+$/, ''),
      `${token.replace(/=+$/, '')}AAAA`,
    ];
    const badPadding = forgeToken(KEY, { blocks: Buffer.alloc(SLICE * 2) });
    const values = [...flipped, ...respelt, badPadding, '', '====', null, [token], 'A'.repeat(3e7)];
    for (const value of values) {
      const end = await endOfAsync(() => encryption.decryptAsync(value as string));
      expect(end).toBe('ENC_TOKEN_INVALID');
    }
    expect(
      await endOfAsync(() =>
        encryption.decryptAsync(encryption.encryptAtTime('x', 5), { ttlSeconds: 5 }),
      ),
    ).toBe('ENC_TOKEN_EXPIRED');
  });

  it('refuse every text that is no token (property)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.base64String(),
        async (text) =>
          (await endOfAsync(() => encryption.decryptAsync(`gAAAAA${text}`))) ===
          'ENC_TOKEN_INVALID',
      ),
    );
  });

  it('end with the reason of the signal, before and in the middle', async () => {
    const data = randomBytes(20 * SLICE);
    const token = encryption.encrypt(data);
    const reason = new Error('enough');
    for (const work of [
      (signal: AbortSignal) => encryption.encryptAsync(data, { signal }),
      (signal: AbortSignal) => encryption.decryptAsync(token, { signal }),
    ]) {
      await expect(work(AbortSignal.abort(reason))).rejects.toBe(reason);
      const controller = new AbortController();
      const promise = work(controller.signal);
      setImmediate(() => setImmediate(() => controller.abort(reason)));
      await expect(promise).rejects.toBe(reason);
    }
  });

  it('end with the reason of a signal that had aborted, of an empty plaintext, too', async () => {
    const signal = AbortSignal.abort();
    expect(await endOfAsync(() => encryption.encryptAsync('', { signal }))).toBe('AbortError');
    const token = encryption.encrypt('');
    expect(await endOfAsync(() => encryption.decryptAsync(token, { signal }))).toBe('AbortError');
  });

  it('make no token of bytes whose memory is transferred meanwhile', async () => {
    const data = new Uint8Array(4 * SLICE);
    const promise = encryption.encryptAsync(data);
    structuredClone(data, { transfer: [data.buffer] });
    expect(await endOfAsync(() => promise)).toBe('TypeError');
  });

  it('hold the loop for less than 10 ms at 16 MiB', async () => {
    const data = randomBytes(MAX);
    // From a socket or a database, text comes as one piece.
    const [token, text] = [encryption.encrypt(data), 'x'.repeat(MAX)].map((each) =>
      Buffer.from(each, 'latin1').toString('latin1'),
    ) as [string, string];
    expect(await leastHold(() => encryption.encryptAsync(data))).toBeLessThan(10);
    expect(await leastHold(() => encryption.encryptAsync(text))).toBeLessThan(10);
    expect(await leastHold(() => encryption.decryptAsync(token))).toBeLessThan(10);
  });
});

it('works that go on together share the turns of the loop, one slice a turn', async () => {
  const turns = new LoopTurns();
  const order: string[] = [];
  const work = async (name: string): Promise<void> => {
    for (let slice = 0; slice < 3; slice += 1) {
      await turns.next(undefined);
      order.push(name);
    }
  };
  const loop = async (): Promise<void> => {
    for (let turn = 0; turn < 12; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      order.push('|');
    }
  };
  await Promise.all([work('a'), work('b'), work('c'), loop()]);
  expect(order.join('')).not.toMatch(/[abc]{2}/);
  expect(order.filter((each) => each !== '|').join('')).toBe('abcabcabc');
});
