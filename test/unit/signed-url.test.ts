import fc from 'fast-check';
import { inspect } from 'node:util';
import {
  MemoryReplayStore,
  ReplayStore,
  SecurityConfigurationError,
  SignedUrlService,
  type SignedUrlRequest,
  type SignUrlOptions,
  type UrlVerdict,
} from 'nestjs-security';
import { urlMessage } from '../../lib/hmac/url/url-format.js';
import { endOf, endOfAsync } from '../support/error-code.js';
import { startHmac, NOW } from '../support/hmac.js';
import { testKey } from '../support/keys.js';
import { settle, startServices } from '../support/services.js';

const DOWNLOAD = { purpose: 'download', ttlSeconds: 60 };

type Asked = Partial<SignedUrlRequest>;

const { hmac, clock, log } = await startHmac({ publicOrigin: 'https://app.example.com' });

const verify = (url: unknown, asked: Asked = {}): string =>
  outcome(hmac.verifyUrl({ method: 'GET', url, purpose: 'download', ...asked }));
const consume = async (url: unknown, asked: Asked = {}): Promise<string> =>
  outcome(await hmac.consumeUrl({ method: 'GET', url, purpose: 'download', ...asked }));
const outcome = (verdict: UrlVerdict): string => (verdict.ok ? 'ok' : verdict.reason);

beforeEach(() => {
  clock.seconds = NOW;
});

describe('signUrl', () => {
  it('puts what it says of the signature at the end, in one order', () => {
    expect(hmac.signUrl('/reports/7.pdf', DOWNLOAD)).toMatch(
      /^\/reports\/7\.pdf\?expires=1767225660&keyid=now&signature=[A-Za-z0-9_-]{43}$/,
    );
    expect(hmac.signUrl('/a?b=1&c', { ...DOWNLOAD, oneTime: true })).toMatch(
      /^\/a\?b=1&c&expires=1767225660&once=[A-Za-z0-9_-]{22}&keyid=now&signature=[A-Za-z0-9_-]{43}$/,
    );
  });

  it('takes the end as a time, too', () => {
    const url = hmac.signUrl('/a', {
      purpose: 'download',
      expiresAt: new Date((NOW + 10) * 1000 + 999),
    });
    expect(url).toContain(`expires=${NOW + 10}&`);
  });

  it('gives a whole URL of the public origin, from a path or from such a URL', () => {
    const options = { ...DOWNLOAD, absolute: true };
    const url = hmac.signUrl('/a?b=1', options);
    expect(url).toMatch(/^https:\/\/app\.example\.com\/a\?b=1&expires=/);
    expect(hmac.signUrl('https://app.example.com/a?b=1', options)).toBe(url);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['an empty text', ''],
    ['a URL object', new URL('https://app.example.com/a')],
    ['a path without its slash', 'a'],
    ['another host', '//evil.example/a'],
    ['a whole URL', 'https://app.example.com/a'],
    ['a scheme', 'javascript:alert(1)'],
    ['a fragment', '/a#b'],
    ['a fragment behind a query', '/a?b=1#c'],
    ['a backslash', '/\\evil.example'],
    ['a backslash in the query', '/a?b=\\'],
    ['a line end', '/a\nb'],
    ['a line end at the end', '/a\n'],
    ['a tab', '/a\tb'],
    ['a NUL', '/a\0'],
    ['a space', '/a b'],
    ['a letter beyond ASCII', '/schlüssel'],
    ['such a letter in the query', '/a?b=ü'],
    ['a quotation mark', '/a"b'],
    ['an apostrophe in the query, which browsers encode', "/a?b='"],
    ['angle brackets', '/a?b=<c>'],
    ['brackets in the path', '/a[1]'],
    ['a percent sign alone', '/a%'],
    ['a percent sign before no digits', '/a?b=%zz'],
    ['a part . of the path', '/a/./b'],
    ['a part .. of the path', '/a/../b'],
    ['a part .. at the end', '/a/..'],
    ['a part .. that is encoded', '/a/%2e%2E/b'],
    ['an empty query', '/a?'],
    ['a parameter "signature"', '/a?signature=x'],
    ['a parameter "expires"', '/a?b=1&expires=2'],
    ['a parameter "keyid" without value', '/a?keyid'],
    ['a parameter "once" in brackets', '/a?once[]=1'],
    ['a reserved name that is encoded', '/a?%65xpires=2'],
    ['a name that is no UTF-8', '/a?%ff=1'],
    ['8,193 characters', `/${'a'.repeat(8192)}`],
    ['so much that the signature finds no room', `/${'a'.repeat(8150)}`],
  ])('refuses %s', (_, url) => {
    expect(endOf(() => hmac.signUrl(url as string, DOWNLOAD))).toBe('TypeError');
  });

  it.each<[string, unknown]>([
    ['no options', undefined],
    ['no purpose', { ttlSeconds: 60 }],
    ['an empty purpose', { ttlSeconds: 60, purpose: '' }],
    ['no end', { purpose: 'x' }],
    ['two ends', { ...DOWNLOAD, expiresAt: new Date() }],
    ...[0, -1, NaN, 1.5, '60', 315_360_001].map((ttlSeconds): [string, unknown] => [
      `${String(ttlSeconds)} seconds`,
      { purpose: 'x', ttlSeconds },
    ]),
    ['an end that is now', { purpose: 'x', expiresAt: new Date(NOW * 1000 + 999) }],
    ['an end that is no date', { purpose: 'x', expiresAt: NOW + 60 }],
    ['an invalid date', { purpose: 'x', expiresAt: new Date(NaN) }],
    [
      'an end in eleven years',
      { purpose: 'x', expiresAt: new Date((NOW + 11 * 31_536_000) * 1000) },
    ],
    ['a method in small letters', { ...DOWNLOAD, method: 'get' }],
    ['an empty method', { ...DOWNLOAD, method: '' }],
    ['a oneTime that is no boolean', { ...DOWNLOAD, oneTime: 'yes' }],
    ['an absolute that is no boolean', { ...DOWNLOAD, absolute: 1 }],
    ['a misspelt option', { ...DOWNLOAD, onetime: true }],
    ['an ignored name that signing adds', { ...DOWNLOAD, ignoreQuery: ['expires'] }],
    ['an ignored name with other signs', { ...DOWNLOAD, ignoreQuery: ['a&b'] }],
    [
      '33 ignored names',
      { ...DOWNLOAD, ignoreQuery: Array.from({ length: 33 }, (__, i) => `n${i}`) },
    ],
    ['ignored names that are no list', { ...DOWNLOAD, ignoreQuery: 'utm_source' }],
  ])('refuses %s', (_, options) => {
    expect(endOf(() => hmac.signUrl('/a', options as SignUrlOptions))).toBe('TypeError');
  });

  it('refuses a parameter that is to be ignored, however it is spelt', () => {
    const options = { ...DOWNLOAD, ignoreQuery: ['utm_source'] };
    for (const query of ['utm_source=x', 'utm%5Fsource=x', 'utm_source[]=x', 'utm_source']) {
      expect(endOf(() => hmac.signUrl(`/a?b=1&${query}`, options))).toBe('TypeError');
    }
  });

  it('demands the public origin for what is bound to it', async () => {
    const { hmac: without } = await startHmac();
    const sign = () => without.signUrl('/a', { ...DOWNLOAD, absolute: true });
    expect(sign).toThrow(SecurityConfigurationError);
    expect(endOf(sign)).toBe('MAC_PUBLIC_ORIGIN_MISSING');
    const asked = { method: 'GET', url: '/a', purpose: 'x', absolute: true };
    expect(endOf(() => without.verifyUrl(asked))).toBe('MAC_PUBLIC_ORIGIN_MISSING');
  });
});

describe('verifyUrl', () => {
  const url = hmac.signUrl('/files/a%2Fb.pdf?x=1&x=2&y=%20+', DOWNLOAD);

  it('accepts what was signed, and says until when and under which key', () => {
    expect(hmac.verifyUrl({ method: 'GET', url, purpose: 'download' })).toEqual({
      ok: true,
      expiresAt: NOW + 60,
      keyId: 'now',
      needsResign: false,
    });
  });

  it.each<[string, string, string]>([
    ['another path', url.replace('/files/', '/filez/'), 'mismatch'],
    ['a slash that was encoded', url.replace('%2F', '/'), 'mismatch'],
    ['an encoding in small letters', url.replace('%2F', '%2f'), 'mismatch'],
    ['a letter that is encoded', url.replace('.pdf', '.pd%66'), 'mismatch'],
    ['a slash more', url.replace('/files', '//files'), 'mismatch'],
    ['another order', url.replace('x=1&x=2', 'x=2&x=1'), 'mismatch'],
    ['a parameter less', url.replace('&x=2', ''), 'mismatch'],
    ['a parameter more', url.replace('?x=1', '?z=0&x=1'), 'mismatch'],
    ['another spelling of a space', url.replace('%20', '+'), 'mismatch'],
    ['an expiry that was raised', url.replace('expires=17', 'expires=18'), 'mismatch'],
    ['an expiry with a zero before it', url.replace('expires=', 'expires=0'), 'malformed'],
    ['another key id', url.replace('keyid=now', 'keyid=new'), 'unknown-key'],
    ['a once that was added', url.replace('&keyid', `&once=${'A'.repeat(22)}&keyid`), 'mismatch'],
    ['the expiry twice', url.replace('&expires', '&expires=1&expires'), 'malformed'],
    ['the expiry twice, once encoded', url.replace('?', '?%65xpires=9999999999&'), 'malformed'],
    ['the signature twice', url.replace('&expires', '&signature=x&expires'), 'malformed'],
    ['a signature behind the signature', `${url}&signature=x`, 'malformed'],
    ['a parameter behind the signature', `${url}&z=1`, 'malformed'],
    ['an empty parameter behind the signature', `${url}&`, 'malformed'],
    ['a signature cut short', url.slice(0, -1), 'malformed'],
    ['a signature with a tail', `${url}A`, 'malformed'],
    ['a signature with padding', `${url}=`, 'malformed'],
    ['a signature with spare bits', url.slice(0, -1) + flipSpareBits(url.at(-1)), 'malformed'],
    [
      'a signature in capitals',
      url.replace(/signature=.*/, (all) => all.toUpperCase().replace('SIGNATURE', 'signature')),
      'mismatch or malformed',
    ],
    ['a line end at the end', `${url}\n`, 'malformed'],
    ['a fragment', `${url}#x`, 'malformed'],
    ['a whole URL', `https://app.example.com${url}`, 'malformed'],
    ['no signature', '/files/a%2Fb.pdf?x=1', 'missing'],
    ['no query', '/files/a%2Fb.pdf', 'missing'],
    ['an empty text', '', 'missing'],
    ['a signature alone', '/a?signature=', 'malformed'],
    ['a signature in the path', '/signature=x', 'malformed'],
    ['parameters in another order', url.replace(/(expires=\d+)&(keyid=now)/, '$2&$1'), 'malformed'],
    ['8,193 characters', `/${'a'.repeat(8192)}${url}`, 'malformed'],
  ])('refuses %s', (_, changed, reason) => {
    expect(changed).not.toBe(url);
    expect(reason).toContain(verify(changed));
  });

  it.each([undefined, null, 7, {}, [url], Buffer.from(url)])(
    'refuses %p in place of a URL',
    (bad) => {
      expect(verify(bad)).toBe('malformed');
    },
  );

  it('accepts it up to its last second', () => {
    clock.seconds = NOW + 59;
    expect(verify(url)).toBe('ok');
    clock.seconds = NOW + 60;
    expect(verify(url)).toBe('expired');
    expect(verify(url.replace('x=1', 'x=3'))).toBe('mismatch');
  });

  it('is for one purpose, one method and one origin', () => {
    const bound = hmac
      .signUrl('/a', { ...DOWNLOAD, absolute: true })
      .replace('https://app.example.com', '');
    const posted = hmac.signUrl('/a', { ...DOWNLOAD, method: 'POST' });
    expect(verify(url, { purpose: 'upload' })).toBe('mismatch');
    expect(verify(url, { method: 'POST' })).toBe('mismatch');
    expect(verify(url, { method: 'get' })).toBe('mismatch');
    expect(verify(url, { method: undefined })).toBe('mismatch');
    expect(verify(url, { method: '\ud800' })).toBe('mismatch');
    expect(verify(url, { method: 'HEAD' })).toBe('ok');
    expect(verify(posted, { method: 'POST' })).toBe('ok');
    expect(verify(posted)).toBe('mismatch');
    expect(verify(url, { absolute: true })).toBe('mismatch');
    expect(verify(bound, { absolute: true })).toBe('ok');
    expect(verify(bound)).toBe('mismatch');
  });

  it('lets only ignored parameters stand behind the signature, and none of them before it', () => {
    const ignoreQuery = ['utm_source', 'fbclid'];
    expect(verify(`${url}&utm_source=mail&fbclid=1&utm_source`, { ignoreQuery })).toBe('ok');
    expect(verify(`${url}&utm_medium=mail`, { ignoreQuery })).toBe('malformed');
    expect(verify(`${url}&utm%5Fsource=mail`, { ignoreQuery })).toBe('malformed');
    expect(verify(`${url}&utm_source[]=mail`, { ignoreQuery })).toBe('malformed');
    expect(verify(url.replace('?', '?utm_source=mail&'), { ignoreQuery })).toBe('malformed');
    expect(verify(url, { ignoreQuery: ['x'] })).toBe('malformed');
    const encoded = hmac.signUrl('/a?%78=1', DOWNLOAD);
    expect(verify(`${encoded}&x=2`, { ignoreQuery: ['x'] })).toBe('malformed');
  });

  it.each<[string, Asked]>([
    ['no purpose', { purpose: undefined as unknown as string }],
    ['a misspelt option', { purpos: 'x' } as Asked],
    ['ignored names that are no list', { ignoreQuery: 'x' as unknown as string[] }],
  ])('throws for %s', (_, asked) => {
    expect(endOf(() => verify(url, asked))).toBe('TypeError');
  });

  it('never throws for a URL, whatever it is', () => {
    const piece = fc.constantFrom(
      '/',
      '?',
      '&',
      '=',
      '%',
      '#',
      'expires=1',
      'once=',
      'keyid=now',
      'signature=',
      'A'.repeat(43),
      '\ud800',
      'ü',
      '[',
      '+',
      '%ff',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece).map((pieces) => pieces.join('')),
    );
    fc.assert(fc.property(texts, (text) => expect(verify(text)).not.toBe('ok')));
    fc.assert(fc.property(fc.anything(), (value) => expect(verify(value)).not.toBe('ok')));
  });

  it('accepts every URL that it signs, and none with one character changed', () => {
    const character = fc.constantFrom(...'abcXYZ019-._~!$&()*+,;=:@/?', '%20', '%2F', '%C3%BC');
    const text = fc.array(character, { maxLength: 30 }).map((characters) => characters.join(''));
    fc.assert(
      fc.property(text, text, fc.nat(), (tail, query, where) => {
        const plain = `/p${tail.replaceAll('?', '')}`;
        const target = query === '' ? plain : `${plain}?q${query}`;
        fc.pre(!/\/(\.|\.\.)(\/|$)/.test(plain));
        const signed = hmac.signUrl(target, DOWNLOAD);
        expect(verify(signed)).toBe('ok');
        const at = where % signed.length;
        const other = signed[at] === 'b' ? 'c' : 'b';
        expect(verify(signed.slice(0, at) + other + signed.slice(at + 1))).not.toBe('ok');
      }),
    );
  });

  it('signs only what a browser sends unchanged', () => {
    const texts = fc.string({ unit: 'binary-ascii', maxLength: 12 });
    fc.assert(
      fc.property(texts, texts, (path, query) => {
        const target = `/${path}?${query}`;
        if (endOf(() => hmac.signUrl(target, DOWNLOAD)) !== 'done') return;
        const { pathname, search } = new URL(target, 'https://app.example.com');
        expect(pathname + search).toBe(target);
      }),
    );
  });
});

describe('a signed URL and the keys', () => {
  it('names the key that verifies it, and is refused once that is revoked', async () => {
    const old = await startHmac({ keys: [testKey('old')] });
    const url = old.hmac.signUrl('/a', DOWNLOAD);
    const both = await startHmac({ keys: [testKey('now'), testKey('old')] });
    expect(both.hmac.verifyUrl({ method: 'GET', url, purpose: 'download' })).toMatchObject({
      ok: true,
      keyId: 'old',
      needsResign: true,
    });
    const revoked = await startHmac({
      keys: [
        { ...testKey('now'), state: 'primary' },
        { ...testKey('old'), state: 'revoked' },
      ],
    });
    expect(outcome(revoked.hmac.verifyUrl({ method: 'GET', url, purpose: 'download' }))).toBe(
      'revoked-key',
    );
    expect(verify(url)).toBe('unknown-key');
  });

  it('is nothing that another verb signed, be it the very same bytes', () => {
    const query = 'expires=9999999999&keyid=now';
    const message = urlMessage({ method: 'GET', origin: '', path: '/a', query });
    const mac = hmac.sign(message, { encoding: 'base64url', prefix: '' });
    expect(verify(`/a?${query}&signature=${mac}`)).toBe('mismatch');
  });
});

describe('consumeUrl', () => {
  const oneTime = { ...DOWNLOAD, oneTime: true };

  it('accepts a one-time URL once, even among many at once', async () => {
    const url = hmac.signUrl('/a', oneTime);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => consume(url)));
    expect(outcomes.filter((each) => each === 'ok')).toHaveLength(1);
    expect(new Set(outcomes)).toEqual(new Set(['ok', 'used']));
  });

  it('gives every one-time URL a use of its own', async () => {
    const [one, other] = [hmac.signUrl('/a', oneTime), hmac.signUrl('/a', oneTime)];
    expect(one).not.toBe(other);
    expect(await consume(one)).toBe('ok');
    expect(await consume(other)).toBe('ok');
  });

  it('takes one-time URLs only, and verifyUrl none of them', async () => {
    const url = hmac.signUrl('/a', oneTime);
    expect(verify(url)).toBe('one-time');
    expect(await consume(hmac.signUrl('/a', DOWNLOAD))).toBe('not-one-time');
    expect(await consume(url)).toBe('ok');
  });

  it('is not used up by HEAD, by what is forged, or by ignored parameters in other places', async () => {
    const url = hmac.signUrl('/a', oneTime);
    expect(await consume(url, { method: 'HEAD' })).toBe('one-time');
    expect(await consume(url, { purpose: 'upload' })).toBe('mismatch');
    expect(await consume(`${url}&x=1`)).toBe('malformed');
    expect(await consume(`${url}&x=1`, { ignoreQuery: ['x'] })).toBe('ok');
    expect(await consume(`${url}&x=2`, { ignoreQuery: ['x'] })).toBe('used');
  });

  it('is expired rather than used when its time is over', async () => {
    const url = hmac.signUrl('/a', oneTime);
    await consume(url);
    clock.seconds = NOW + 60;
    expect(await consume(url)).toBe('expired');
  });

  it('rejects when the store cannot remember, and takes nothing for new then', async () => {
    const replayStore = new MemoryReplayStore({ maxEntries: 1 });
    const { module } = await startServices({
      providers: [{ provide: ReplayStore, useValue: replayStore }],
    });
    const urls = module.get(SignedUrlService);
    const asked = (url: string) => ({ method: 'GET', url, purpose: 'download' });
    const [one, other] = [urls.signUrl('/a', oneTime), urls.signUrl('/b', oneTime)];
    expect(outcome(await urls.consumeUrl(asked(one)))).toBe('ok');
    expect(await endOfAsync(() => urls.consumeUrl(asked(other)))).toBe('MAC_REPLAY_STORE_FULL');
    expect(outcome(await urls.consumeUrl(asked(one)))).toBe('used');
  });
});

describe('Printing the service', () => {
  it('shows no key, and nothing of the application', async () => {
    const { module } = await startServices({ keys: [testKey('now')] });
    const shown = inspect(module.get(SignedUrlService), { depth: 9, showHidden: true });
    expect(shown.length).toBeLessThan(500);
  });
});

describe('The log', () => {
  it('hears why URLs were refused, and never the URL', async () => {
    await settle();
    const records = log
      .recordsOf('signature_refused')
      .filter(({ target }) => JSON.stringify(target).includes('url'));
    const reasons = new Set(records.map(({ reason }) => reason));
    for (const reason of ['missing', 'malformed', 'mismatch', 'expired'])
      expect(reasons).toContain(reason);
    expect(JSON.stringify(log.records)).not.toMatch(/expires=|\/files\//);
  });
});

/** The last character of a base64url text, with a bit changed that stands for nothing. */
function flipSpareBits(last = ''): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(last) ^ 1] ?? '';
}
