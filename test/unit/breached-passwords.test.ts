import { hash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { Secret } from 'nestjs-security';
import { inspect } from 'node:util';
import type { BreachCheckOptions } from '../../lib/password/policy/breach-check.options.js';
import { checkRange, countInRange } from '../../lib/password/policy/breached-range.js';
import { policyWith } from '../support/password-policy.js';
import { RANGE_21BD1, RangeDouble } from '../support/range.double.js';

/** Its SHA-1 is 21BD12DC183F740EE76F27B78EB39C8AD972A757, as the documentation of Pwned Passwords says. */
const KNOWN = 'P@ssw0rd';
/** Nothing else is wrong with these. */
const GOOD = 'correct horse battery staple';
const GOOD_PREFIX = 'ABF7A';

const double = new RangeDouble();
beforeEach(() => double.start());
afterEach(async () => {
  await double.stop();
  double.asked.length = 0;
  double.answer = (_, response) => void response.end(RANGE_21BD1);
});

function checked(breached: BreachCheckOptions = {}) {
  return policyWith({ breached: { baseUrl: double.url, ...breached } });
}

function answers(body: string, status = 200) {
  double.answer = (_, response) => void response.writeHead(status).end(body);
}

describe('A look-up at the range API', () => {
  it('tells five digits of the hash, asks for padding, and says who asks', async () => {
    const { policy } = checked();
    expect(await policy.evaluate(GOOD)).toEqual({ ok: true, violations: [], breachCheck: 'clean' });
    expect(double.asked).toMatchObject([
      {
        path: `/range/${GOOD_PREFIX}`,
        headers: { 'add-padding': 'true', 'user-agent': 'nestjs-security' },
      },
    ]);
    expect(JSON.stringify(double.asked)).not.toMatch(/[0-9A-F]{6}/);
  });

  it('finds a hash that the documentation shows', () => {
    expect(countInRange(checkRange(RANGE_21BD1), '2DC183F740EE76F27B78EB39C8AD972A757')).toBe(
      52579,
    );
    expect(countInRange(RANGE_21BD1, '3DC183F740EE76F27B78EB39C8AD972A757')).toBe(0);
  });

  it('is not made for a password that is refused anyway', async () => {
    const { policy } = checked();
    const { breachCheck } = await policy.evaluate(KNOWN, { secondFactor: true });
    expect([breachCheck, double.asked]).toEqual(['off', []]);
  });

  it.each([
    ['refuses what was seen as often as minCount', 7, 7, false],
    ['accepts what was seen less often', 7, 6, true],
    ['accepts padding, which was seen never', 1, 0, true],
  ])('%s', async (_, minCount, count, ok) => {
    answers(`${suffixOf(GOOD)}:${count}\r\n${'0'.repeat(35)}:0\r\n`);
    const verdict = await checked({ minCount }).policy.evaluate(GOOD);
    expect(verdict.ok).toBe(ok);
    expect(verdict.breachCheck).toBe(ok ? 'clean' : 'breached');
    expect(verdict.violations).toMatchObject(ok ? [] : [{ code: 'breached', count }]);
  });

  it('hashes the Unicode NFC, of a Secret too', async () => {
    const { policy } = checked();
    await policy.evaluate(Secret.of('cafe\u0301 au lait, s’il vous plaît'));
    await policy.evaluate('caf\u00e9 au lait, s’il vous plaît');
    expect(double.asked).toHaveLength(1);
  });

  it('is answered from the cache the second time, and from the same request at the same time', async () => {
    const { policy } = checked();
    await Promise.all([policy.evaluate(GOOD), policy.evaluate(GOOD)]);
    await policy.evaluate(GOOD);
    expect(double.asked).toHaveLength(1);
  });

  it('ends with its signal, without ending the request that others wait for', async () => {
    const { policy } = checked();
    const late: ServerResponse[] = [];
    double.answer = (_, response) => void late.push(response);
    const controller = new AbortController();
    const given = policy.evaluate(GOOD, { signal: controller.signal });
    const waiting = policy.evaluate(GOOD);
    while (late.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort(new Error('the client went away'));
    await expect(given).rejects.toThrow('the client went away');
    late[0]?.end(RANGE_21BD1);
    expect((await waiting).breachCheck).toBe('clean');
    await expect(policy.evaluate(GOOD, { signal: controller.signal })).rejects.toThrow('went away');
  });
});

describe('A range API in trouble', () => {
  const line = `${'A'.repeat(35)}:1\r\n`;
  const redirect = { location: 'https://example.com/range/00000' };
  const troubles: [string, string, RangeDouble['answer']][] = [
    ['is silent', 'timeout', () => undefined],
    ['stops in the middle', 'timeout', (_, response) => void response.write(line)],
    ['cuts the connection', 'unreachable', ({ socket }) => void socket.destroy()],
    [
      'cuts the answer',
      'unreachable',
      (_, response) => {
        response.writeHead(200, { 'content-length': 500 }).write(line);
        setTimeout(() => response.destroy(), 20);
      },
    ],
    ['redirects', 'unreachable', (_, response) => void response.writeHead(302, redirect).end()],
    ['answers 500', 'status', (_, response) => void response.writeHead(500).end(line)],
    ['answers 429', 'status', (_, response) => void response.writeHead(429).end()],
    ['answers 204', 'status', (_, response) => void response.writeHead(204).end()],
    ['sends a page', 'malformed', (_, response) => void response.end('<html>Log in</html>')],
    ['sends nothing', 'malformed', (_, response) => void response.end()],
    ['never ends', 'too-large', (_, response) => pour(line, response)],
  ];

  it.each(troubles)('that %s is reported as %s, and never cached', async (_, reason, answer) => {
    double.answer = answer;
    const { policy, reported } = checked({ timeoutMs: 250 });
    const verdict = await policy.evaluate(GOOD);
    expect(verdict).toEqual({ ok: true, violations: [], breachCheck: 'unavailable' });
    const event = 'password_breach_check_failed';
    expect(reported).toEqual([{ event, outcome: 'failure', reason }]);
    double.answer = (__, response) => void response.end(RANGE_21BD1);
    expect((await policy.evaluate(GOOD)).breachCheck).toBe('clean');
  });

  it('costs the password nothing and is not reported with "allow"', async () => {
    answers('', 500);
    const { policy, reported } = checked({ onError: 'allow' });
    expect((await policy.evaluate(GOOD)).ok).toBe(true);
    expect(reported).toEqual([]);
  });

  it('refuses the password with "deny"', async () => {
    answers('', 500);
    const { policy, reported } = checked({ onError: 'deny' });
    const { ok, violations, breachCheck } = await policy.evaluate(GOOD);
    expect([ok, violations.map(({ code }) => code), breachCheck]).toEqual([
      false,
      ['breach-check-failed'],
      'unavailable',
    ]);
    expect(reported).toHaveLength(1);
  });

  it('is given up after the time that was set', async () => {
    double.answer = () => undefined;
    const started = performance.now();
    await checked({ timeoutMs: 100 }).policy.evaluate(GOOD);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('lets nothing of the password out', async () => {
    answers('', 500);
    const { policy, reported } = checked({ onError: 'deny' });
    const verdict = await policy.evaluate(GOOD);
    expect(inspect([verdict, reported, policy], { depth: 9 })).not.toMatch(/horse|ABF7A/);
  });
});

describe('An answer of the range API', () => {
  const digits = fc
    .array(fc.constantFrom(...'0123456789ABCDEF'), { minLength: 35, maxLength: 35 })
    .map((characters) => characters.join(''));
  const entries = fc.uniqueArray(fc.tuple(digits, fc.nat(99_999_999)), {
    minLength: 1,
    selector: ([suffix]) => suffix,
  });

  it('gives every count that was written into it, whichever way its lines end', () => {
    fc.assert(
      fc.property(entries, fc.constantFrom('\n', '\r\n'), fc.boolean(), (pairs, end, isEnded) => {
        const text = pairs.map(([suffix, count]) => `${suffix}:${count}`).join(end);
        const range = checkRange(isEnded ? text + end : text);
        for (const [suffix, count] of pairs) expect(countInRange(range, suffix)).toBe(count);
      }),
    );
  });

  it.each([
    ['lower-case digits', `${'a'.repeat(35)}:1`],
    ['a whole hash', `${'A'.repeat(40)}:1`],
    ['a missing count', `${'A'.repeat(35)}:`],
    ['a negative count', `${'A'.repeat(35)}:-1`],
    ['a count beyond ten digits', `${'A'.repeat(35)}:12345678901`],
    ['an empty line', `${'A'.repeat(35)}:1\n\n${'B'.repeat(35)}:1`],
    ['a space', `${'A'.repeat(35)}: 1`],
    ['a byte order mark', `\ufeff${'A'.repeat(35)}:1`],
    ['nothing', ''],
  ])('is refused with %s', (_, text) => {
    expect(() => checkRange(text)).toThrow('malformed');
  });

  it('is refused when it is anything else, without another error', () => {
    fc.assert(
      fc.property(fc.string(), (text) => expect(() => checkRange(text)).toThrow('malformed')),
    );
  });
});

/** Of the hash of {@link GOOD}. */
function suffixOf(password: string): string {
  return hash('sha1', password, 'hex').toUpperCase().slice(5);
}

function pour(line: string, response: ServerResponse): void {
  const chunk = line.repeat(2_000);
  while (!response.destroyed && response.write(chunk));
  if (!response.destroyed) response.once('drain', () => pour(line, response));
}
