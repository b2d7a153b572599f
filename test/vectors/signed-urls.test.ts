import { endOf } from '../support/error-code.js';
import { startHmac, NOW } from '../support/hmac.js';
import { readVectors } from '../support/vectors.js';

interface SignedUrlVectors {
  readonly s3: { readonly url: string };
  readonly laravel: readonly { readonly url: string }[];
  readonly requests: readonly { readonly name: string; readonly expect: string }[];
}

const vectors = readVectors<SignedUrlVectors>('hmac/signed-urls.json');
const { hmac } = await startHmac();
const DOWNLOAD = { purpose: 'download', ttlSeconds: 60 };

const sign = (url: string): string => hmac.signUrl(url, DOWNLOAD);
const accepts = (url: string, method = 'GET', ignoreQuery: string[] = []): boolean =>
  hmac.verifyUrl({ method, url, purpose: 'download', ignoreQuery }).ok;
const targetOf = (url: string): string => url.replace(/^https:\/\/[^/]+/, '');

const signed = sign('/files/a%2Fb?a=1&a=2');
const oneTime = hmac.signUrl('/reset', { ...DOWNLOAD, oneTime: true });

/** What each of the published rules comes to: whether all that it forbids is refused. */
const outcomes: Readonly<Record<string, () => boolean | Promise<boolean>>> = {
  'expiry raised': () => !accepts(signed.replace(`${NOW + 60}`, `${NOW + 61}`)),
  'utm_source added': () =>
    !accepts(`${signed}&utm_source=x`) && accepts(`${signed}&utm_source=x`, 'GET', ['utm_source']),
  'same parameter twice a=1&a=2 vs a=2&a=1': () =>
    accepts(signed) && !accepts(signed.replace('a=1&a=2', 'a=2&a=1')),
  '%2F vs / in the path': () => !accepts(signed.replace('%2F', '/')),
  'trailing slash added': () => !accepts(signed.replace('b?', 'b/?')),
  'POST on a GET-signed URL': () => !accepts(signed, 'POST'),
  'fragment added': () => endOf(() => sign('/a#b')) === 'TypeError',
  'expires parameter given twice': () => !accepts(signed.replace('&keyid', `&expires=${NOW + 60}&keyid`)),
  'signature in upper-case': () => !accepts(signed.replace(/[^=]*$/, (mac) => mac.toUpperCase())),
  'one-time URL used twice': async () => {
    const request = { method: 'GET', url: oneTime, purpose: 'download' };
    const [first, second] = [await hmac.consumeUrl(request), await hmac.consumeUrl(request)];
    return first.ok && !second.ok && second.reason === 'used';
  },
};

describe('The rules for signed URLs', () => {
  it.each(vectors.requests)('$name: $expect', async ({ name }) => {
    expect(await outcomes[name]?.()).toBe(true);
  });
});

describe('A URL that others signed', () => {
  it.each([vectors.s3, ...vectors.laravel])('is none of ours: $url', ({ url }) => {
    expect(accepts(targetOf(url))).toBe(false);
  });

  it('can be signed again where its names are not those that are added here', () => {
    expect(accepts(sign(targetOf(vectors.s3.url)))).toBe(true);
    for (const { url } of vectors.laravel) expect(endOf(() => sign(targetOf(url)))).toBe('TypeError');
  });
});
