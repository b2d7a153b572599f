import fc from 'fast-check';
import { hash } from 'node:crypto';
import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findInSorted } from '../../lib/password/policy/sorted-hash-file.js';
import { policyWith } from '../support/password-policy.js';

const GOOD = 'correct horse battery staple';
const folder = mkdtempSync(join(tmpdir(), 'breached-'));

interface Line {
  readonly sha1: string;
  readonly count: number;
}

/** So many lines in the order of their hashes, as the file of Pwned Passwords has them. */
function linesOf(passwords: readonly string[]): Line[] {
  return passwords
    .map((password, index) => ({ sha1: sha1Of(password), count: 10 ** (index % 10) }))
    .toSorted((a, b) => (a.sha1 < b.sha1 ? -1 : 1));
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `password ${index}`);
}

function written(lines: readonly Line[], end = '\r\n', isEnded = true): string {
  const text = lines.map(({ sha1, count }) => `${sha1}:${count}`).join(end);
  return isEnded ? text + end : text;
}

function fileOf(text: string, name = 'hashes.txt'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function sha1Of(password: string): string {
  return hash('sha1', password, 'hex').toUpperCase();
}

function hexOf(value: number): string {
  return value.toString(16).toUpperCase().padStart(40, '0');
}

/** Searches a text, and counts the reads and their bytes. */
async function search(text: string, sha1: string) {
  const bytes = Buffer.from(text, 'latin1');
  const reads: number[] = [];
  const count = await findInSorted(sha1, bytes.length, async (position, length) => {
    reads.push(length);
    return bytes.subarray(position, position + length);
  });
  return { count, reads };
}

describe('The search in a file of hashes', () => {
  it.each([
    ['LF', '\n', true],
    ['CR LF', '\r\n', true],
    ['LF, the last line not ended', '\n', false],
  ])('finds every hash, and no other, with %s', async (_, end, isEnded) => {
    const lines = linesOf(numbered(1_500));
    const text = written(lines, end, isEnded);
    for (const { sha1, count } of lines) expect((await search(text, sha1)).count).toBe(count);
    for (const password of ['a', 'b', 'c'])
      expect((await search(text, sha1Of(password))).count).toBe(0);
    for (const sha1 of ['0'.repeat(40), 'F'.repeat(40)])
      expect((await search(text, sha1)).count).toBe(0);
  });

  it('agrees with reading it from its beginning, whatever stands in it', async () => {
    const names = fc.uniqueArray(fc.nat(5_000), { minLength: 1, maxLength: 400, size: 'max' });
    await fc.assert(
      fc.asyncProperty(names, fc.nat(5_000), fc.boolean(), async (numbers, sought, isDos) => {
        const lines = linesOf(numbers.map(String));
        const sha1 = sha1Of(String(sought));
        const expected = lines.find((line) => line.sha1 === sha1)?.count ?? 0;
        const { count } = await search(written(lines, isDos ? '\r\n' : '\n'), sha1);
        expect(count).toBe(expected);
      }),
    );
  });

  it('reads little: some lines each time it halves the file, and one block', async () => {
    const text = written(linesOf(numbered(60_000)));
    const { reads } = await search(text, sha1Of('password 777'));
    expect(reads.length).toBeLessThanOrEqual(Math.ceil(Math.log2(text.length / 4096)) + 2);
    expect(Math.max(...reads)).toBeLessThanOrEqual(4096 + 53);
  });

  it('needs 26 reads at most for 47 GB', async () => {
    // Made up while it is read: the hash of a line is its number.
    const line = (index: number) => `${hexOf(index)}:17\n`;
    let reads = 0;
    const readAt = async (position: number, length: number) => {
      reads += 1;
      const first = Math.floor(position / 44);
      const lines = Array.from({ length: length / 44 + 2 }, (_, index) => line(first + index));
      return Buffer.from(lines.join(''))
        .subarray(position - first * 44)
        .subarray(0, length);
    };
    expect(await findInSorted(hexOf(0x2fffffff), 44 * 2 ** 30, readAt)).toBe(17);
    expect(reads).toBeLessThanOrEqual(26);
  });

  const good = linesOf(numbered(500));
  it.each([
    ['empty', ''],
    ['not in order', written(good.toReversed())],
    ['of NTLM hashes', `${'A'.repeat(32)}:1\n`.repeat(500)],
    ['without counts', good.map(({ sha1 }) => `${sha1}\n`).join('')],
    ['in lower case', written(good).toLowerCase()],
    ['one line many times', `${'A'.repeat(40)}:1\n`.repeat(500)],
    ['without line ends', 'A'.repeat(20_000)],
    ['of zero bytes', '\0'.repeat(20_000)],
    ['nothing but line ends', '\n'.repeat(20_000)],
    ['text', 'no hashes at all\n'.repeat(500)],
  ])('refuses a file that is %s', async (_, text) => {
    await expect(search(text, sha1Of('x'))).rejects.toMatchObject({ reason: 'file-malformed' });
  });

  it('ends, with a count or the one error, for any bytes', async () => {
    const sizes = fc.uint8Array({ minLength: 1, maxLength: 9_000, size: 'max' });
    await fc.assert(
      fc.asyncProperty(sizes, async (bytes) => {
        const found = search(Buffer.from(bytes).toString('latin1'), sha1Of('x'));
        await expect(found).rejects.toMatchObject({ reason: 'file-malformed' });
      }),
      { numRuns: 50 },
    );
  });
});

describe('A policy with a file of breached passwords', () => {
  it('refuses what stands in it and accepts what does not, without the network', async () => {
    const file = fileOf(written(linesOf([...numbered(2_000), GOOD])));
    const { policy } = policyWith({ breached: { file, baseUrl: 'http://127.0.0.1:1' } });
    expect(await policy.evaluate(GOOD)).toMatchObject({ ok: false, breachCheck: 'breached' });
    expect(await policy.evaluate(`${GOOD}s`)).toMatchObject({ ok: true, breachCheck: 'clean' });
  });

  it('sees a file that was put in its place', async () => {
    const file = fileOf(written(linesOf(['a'])));
    const { policy } = policyWith({ breached: { file } });
    expect((await policy.evaluate(GOOD)).ok).toBe(true);
    renameSync(fileOf(written(linesOf(['a', GOOD])), 'new.txt'), file);
    expect((await policy.evaluate(GOOD)).ok).toBe(false);
  });

  it.each([
    ['is missing', join(folder, 'missing.txt'), 'file-unreadable'],
    ['is a folder', folder, 'file-unreadable'],
    ['is a device that never ends', '/dev/zero', 'file-unreadable'],
    ['is something else', fileOf('hello\n', 'hello.txt'), 'file-malformed'],
  ])('treats one that %s as a failed check', async (_, file, reason) => {
    const { policy, reported } = policyWith({ breached: { file, onError: 'deny' } });
    const { violations, breachCheck } = await policy.evaluate(GOOD);
    expect([violations[0]?.code, breachCheck]).toEqual(['breach-check-failed', 'unavailable']);
    expect(reported).toMatchObject([{ event: 'password_breach_check_failed', reason }]);
  });
});
