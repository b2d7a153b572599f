import fc from 'fast-check';
import { createSigner, createVerifier, httpbis } from 'http-message-signatures';
import type {
  HmacService,
  IncomingRequest,
  OutgoingRequest,
  RequestVerdict,
} from 'nestjs-security';
import { randomBytes } from 'node:crypto';
import { NOW, startHmac, type HmacSettings } from '../support/hmac.js';
import { testKey } from '../support/keys.js';
import { settle } from '../support/services.js';

const ORIGIN = 'https://billing.example.com';
const BODY = '{"amount":12}';
const REQUEST: OutgoingRequest = {
  method: 'POST',
  url: `${ORIGIN}/invoices?draft=1&a=%20b`,
  headers: { 'Content-Type': 'application/json' },
  body: BODY,
};
const SHARED = { id: 'shop', key: 'a secret that two services share' };

const start = (settings: HmacSettings = {}) => startHmac({ publicOrigin: ORIGIN, ...settings });

/** The request as the other side's Node gives it. */
function arrived(
  hmac: HmacService,
  request: OutgoingRequest = REQUEST,
  options?: Parameters<HmacService['signRequest']>[1],
): IncomingRequest {
  const { method, url, headers = {}, body } = request;
  const { pathname, search } = new URL(url);
  const sent = { ...headers, ...hmac.signRequest(request, options) };
  return {
    method,
    url: pathname + search,
    headers: Object.fromEntries(
      Object.entries(sent).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    rawBody: body === undefined ? undefined : Buffer.from(body),
  };
}

function reasonOf(verdict: RequestVerdict): string {
  return verdict.ok ? 'ok' : verdict.reason;
}

describe('a signed request', () => {
  it('is accepted, with the key and the time that signed it', async () => {
    const { hmac } = await start();
    expect(await hmac.verifyRequest(arrived(hmac))).toEqual({
      ok: true,
      keyId: 'now',
      signedAt: NOW,
    });
  });

  it('has three headers more, spelt as docs/signatures.md says', async () => {
    const { hmac } = await start();
    const headers = hmac.signRequest(REQUEST, { key: SHARED, ttlSeconds: 60 });
    expect(Object.keys(headers)).toEqual(['Content-Digest', 'Signature-Input', 'Signature']);
    expect(headers['Content-Digest']).toMatch(/^sha-256=:[\w+/]{43}=:$/);
    expect(headers['Signature']).toMatch(/^sig=:[\w+/]{43}=:$/);
    expect(headers['Signature-Input'].replace(/nonce="[\w-]{22}"/, 'nonce="…"')).toBe(
      'sig=("@method" "@authority" "@path" "@query" "content-digest" "content-type")' +
        `;created=${NOW};expires=${NOW + 60};keyid="shop";nonce="…";tag="nestjs-security"`,
    );
  });

  it.each<[string, OutgoingRequest]>([
    ['without a body', { method: 'GET', url: ORIGIN }],
    ['with bytes and no type', { method: 'PUT', url: `${ORIGIN}/b`, body: randomBytes(70_000) }],
    ['given as a URL', { method: 'DELETE', url: new URL(`${ORIGIN}/a/%2F/ü?x#part`) }],
    [
      'to another spelling of the origin',
      { method: 'GET', url: 'HTTPS://Billing.Example.com:443/a' },
    ],
  ])('may be one %s', async (_, request) => {
    const { hmac } = await start();
    expect(reasonOf(await hmac.verifyRequest(arrived(hmac, request)))).toBe('ok');
  });

  it('is accepted once', async () => {
    const { hmac } = await start();
    const request = arrived(hmac);
    const verdicts = await Promise.all([1, 2, 3].map(() => hmac.verifyRequest(request)));
    expect(verdicts.map(reasonOf).toSorted()).toEqual(['ok', 'replayed', 'replayed']);
  });

  it('may be signed by a key that the ring still accepts, not by a revoked one', async () => {
    const old = await start({ keys: [testKey('old')] });
    const accepting = await start({ keys: [testKey('now'), testKey('old')] });
    const revoking = await start({
      keys: [
        { ...testKey('now'), state: 'primary' },
        { ...testKey('old'), state: 'revoked' },
      ],
    });
    const request = arrived(old.hmac);
    expect(reasonOf(await accepting.hmac.verifyRequest(request))).toBe('ok');
    expect(reasonOf(await revoking.hmac.verifyRequest(request))).toBe('revoked-key');
    expect(reasonOf(await (await start()).hmac.verifyRequest(request))).toBe('unknown-key');
  });

  it('may be signed by a shared key, of a list of which the first signs', async () => {
    const { hmac } = await start();
    const next = { id: 'next', key: Buffer.alloc(32, 7) };
    const request = arrived(hmac, REQUEST, { key: [next, SHARED] });
    expect(await hmac.verifyRequest(request, { key: [SHARED, next] })).toMatchObject({
      ok: true,
      keyId: 'next',
    });
    expect(reasonOf(await hmac.verifyRequest(request, { key: SHARED }))).toBe('unknown-key');
    expect(reasonOf(await hmac.verifyRequest(request))).toBe('unknown-key');
    const other = { id: 'next', key: Buffer.alloc(32, 8) };
    expect(reasonOf(await hmac.verifyRequest(request, { key: other }))).toBe('mismatch');
  });

  it('is accepted within the tolerance, either way, and before it expires', async () => {
    const { hmac, clock } = await start();
    const expected: [number, number | undefined, string][] = [
      [300, undefined, 'ok'],
      [301, undefined, 'expired'],
      [-300, undefined, 'ok'],
      [-301, undefined, 'from-the-future'],
      [9, 10, 'ok'],
      [10, 10, 'expired'],
      [301, 900, 'expired'],
    ];
    for (const [seconds, ttlSeconds, verdict] of expected) {
      clock.seconds = NOW;
      const request = arrived(hmac, REQUEST, ttlSeconds === undefined ? {} : { ttlSeconds });
      clock.seconds = NOW + seconds;
      expect(reasonOf(await hmac.verifyRequest(request))).toBe(verdict);
    }
  });

  it('is remembered for as long as a node that is five minutes behind would accept it', async () => {
    const { hmac, clock } = await start();
    const request = arrived(hmac);
    expect(reasonOf(await hmac.verifyRequest(request))).toBe('ok');
    clock.seconds = NOW + 300;
    expect(reasonOf(await hmac.verifyRequest(request))).toBe('replayed');
  });
});

describe('a request that is not the one that was signed', () => {
  const changed = (change: Partial<IncomingRequest>) => (request: IncomingRequest) => ({
    ...request,
    ...change,
  });
  const withHeaders = (headers: IncomingRequest['headers']) => (request: IncomingRequest) => ({
    ...request,
    headers: { ...request.headers, ...headers },
  });
  const input = (change: (text: string) => string) => (request: IncomingRequest) =>
    withHeaders({ 'signature-input': change(String(request.headers['signature-input'])) })(request);

  it.each<[string, string, (request: IncomingRequest) => IncomingRequest]>([
    ['another method', 'mismatch', changed({ method: 'PUT' })],
    ['another path', 'mismatch', changed({ url: '/invoices/?draft=1&a=%20b' })],
    ['a path in capitals', 'mismatch', changed({ url: '/Invoices?draft=1&a=%20b' })],
    ['another query', 'mismatch', changed({ url: '/invoices?draft=0&a=%20b' })],
    ['its query in another order', 'mismatch', changed({ url: '/invoices?a=%20b&draft=1' })],
    ['its query encoded otherwise', 'mismatch', changed({ url: '/invoices?draft=1&a=+b' })],
    ['no query', 'mismatch', changed({ url: '/invoices' })],
    ['another body', 'digest-mismatch', changed({ rawBody: Buffer.from('{"amount":13}') })],
    ['no body', 'digest-mismatch', changed({ rawBody: undefined })],
    ['another type', 'mismatch', withHeaders({ 'content-type': 'text/plain' })],
    ['no type', 'not-covered', withHeaders({ 'content-type': undefined })],
    ['two types', 'malformed', withHeaders({ 'Content-Type': 'text/plain' })],
    [
      'another digest',
      'mismatch',
      withHeaders({ 'content-digest': `sha-256=:${'A'.repeat(43)}=:` }),
    ],
    ['no digest', 'not-covered', withHeaders({ 'content-digest': undefined })],
    ['a line more in a header', 'malformed', withHeaders({ 'content-type': 'a/b\n"@path": /x' })],
    ['a time that was changed', 'mismatch', input((text) => text.replace(`${NOW}`, `${NOW + 1}`))],
    ['another nonce', 'mismatch', input((text) => text.replace(/nonce="..../, 'nonce="AAAA'))],
    [
      'another order of components',
      'mismatch',
      input((text) => text.replace('"@method" "@authority"', '"@authority" "@method"')),
    ],
    ['a component less', 'not-covered', input((text) => text.replace(' "content-digest"', ''))],
    ['the path not covered', 'not-covered', input((text) => text.replace(' "@path"', ''))],
    ['a component twice', 'malformed', input((text) => text.replace('"@path"', '"@path" "@path"'))],
    [
      'an unknown component',
      'malformed',
      input((text) => text.replace('"@path"', '"@path" "date"')),
    ],
    [
      'a component with a parameter',
      'malformed',
      input((text) => text.replace('"@path"', '"@path";req')),
    ],
    ['an unknown parameter', 'malformed', input((text) => `${text};x=1`)],
    ['an algorithm', 'malformed', input((text) => `${text};alg="hmac-sha256"`)],
    ['a parameter twice', 'malformed', input((text) => `${text};created=1`)],
    ['no tag', 'malformed', input((text) => text.replace(/;tag=.*/, ''))],
    ['another tag', 'malformed', input((text) => text.replace('nestjs-security', 'other'))],
    ['no nonce', 'malformed', input((text) => text.replace(/;nonce="[^"]*"/, ''))],
    ['a short nonce', 'malformed', input((text) => text.replace(/nonce="[^"]*"/, 'nonce="abc"'))],
    ['no time', 'malformed', input((text) => text.replace(/;created=\d+/, ''))],
    [
      'a time with a fraction',
      'malformed',
      input((text) => text.replace(/created=\d+/, 'created=1.5')),
    ],
    ['a time as text', 'malformed', input((text) => text.replace(/created=(\d+)/, 'created="$1"'))],
    ['no key', 'malformed', input((text) => text.replace(/;keyid="[^"]*"/, ''))],
    ['white space added', 'malformed', input((text) => text.replace(' "@path"', '  "@path"'))],
    ['another label', 'malformed', input((text) => text.replace('sig=', 'sig2='))],
    ['a second signature', 'malformed', input((text) => `${text}, ${text.replace('sig=', 'b=')}`)],
    ['no signature', 'malformed', withHeaders({ signature: undefined })],
    ['no parameters', 'malformed', withHeaders({ 'signature-input': undefined })],
    ['neither', 'missing', withHeaders({ signature: undefined, 'signature-input': undefined })],
    [
      'a signature in a list',
      'malformed',
      (request) =>
        withHeaders({ signature: [String(request.headers['signature']), 'sig=:AA==:'] })(request),
    ],
    ['a signature cut short', 'malformed', withHeaders({ signature: `sig=:${'A'.repeat(40)}:` })],
    [
      'a signature with spare bits',
      'malformed',
      withHeaders({ signature: `sig=:${'A'.repeat(42)}B=:` }),
    ],
    [
      'a signature without padding',
      'malformed',
      withHeaders({ signature: `sig=:${'A'.repeat(43)}:` }),
    ],
    ['a huge signature', 'malformed', withHeaders({ signature: `sig=:${'A'.repeat(100_000)}:` })],
    ['a signature that is a text', 'malformed', withHeaders({ signature: 'sig="AAAA"' })],
    ['an absolute URL', 'malformed', changed({ url: `${ORIGIN}/invoices?draft=1&a=%20b` })],
    ['a fragment', 'malformed', changed({ url: '/invoices?draft=1&a=%20b#x' })],
    ['a line end in the URL', 'malformed', changed({ url: '/invoices\n' })],
    ['a space in the URL', 'malformed', changed({ url: '/in voices' })],
    ['no URL', 'malformed', changed({ url: '' })],
    ['a method in small letters', 'malformed', changed({ method: 'post' })],
  ])('is refused: %s', async (_, reason, change) => {
    const { hmac, log } = await start();
    expect(reasonOf(await hmac.verifyRequest(change(arrived(hmac))))).toBe(reason);
    await settle();
    expect(log.recordsOf('signature_refused')).toMatchObject([{ reason }]);
  });

  it('is refused for another origin, whatever its Host header says', async () => {
    const { hmac } = await start();
    const elsewhere = await startHmac({ publicOrigin: 'https://shop.example.com' });
    const request = arrived(hmac);
    const headers = { ...request.headers, host: 'billing.example.com' };
    expect(reasonOf(await elsewhere.hmac.verifyRequest({ ...request, headers }))).toBe('mismatch');
  });

  it.each<[string, IncomingRequest['headers']]>([
    ['of a length', { 'content-length': '12' }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('is refused when a body %s came and nobody kept it', async (_, headers) => {
    const { hmac } = await start();
    const request = arrived(hmac, { method: 'POST', url: ORIGIN });
    const smuggled = { ...request, headers: { ...request.headers, ...headers } };
    expect(reasonOf(await hmac.verifyRequest(smuggled))).toBe('body-not-kept');
    const empty = { ...request, headers: { ...request.headers, 'content-length': '0' } };
    expect(reasonOf(await hmac.verifyRequest(empty))).toBe('ok');
  });

  it('is refused when a typed body may have come over HTTP/2, and nobody kept it', async () => {
    const { hmac } = await start();
    const type = { 'content-type': 'text/plain' };
    const over2 = (request: IncomingRequest, headers: IncomingRequest['headers'] = {}) => ({
      ...request,
      headers: { ':method': request.method, ...request.headers, ...headers },
    });
    const post = () => arrived(hmac, { method: 'POST', url: ORIGIN, headers: type });
    expect(reasonOf(await hmac.verifyRequest(over2(post())))).toBe('body-not-kept');
    const accepted = [
      over2(post(), { 'content-length': '0' }),
      { ...over2(post()), rawBody: Buffer.alloc(0) },
      over2(arrived(hmac, { method: 'GET', url: ORIGIN, headers: type })),
      over2(arrived(hmac, { method: 'POST', url: ORIGIN })),
      over2(arrived(hmac)),
    ];
    for (const request of accepted) expect(reasonOf(await hmac.verifyRequest(request))).toBe('ok');
  });

  it('is refused and not thrown at, whatever the headers are (property)', async () => {
    const { hmac } = await start();
    const field = fc.oneof(
      fc.string(),
      fc.string({
        unit: fc.constantFrom('sig', '=', '(', ')', ':', '"', ';', 'A', ' ', ',', '?1'),
      }),
      fc.constantFrom(undefined, ['a', 'b']),
    );
    await fc.assert(
      fc.asyncProperty(field, field, field, fc.string(), async (params, signature, digest, url) => {
        const headers = { 'signature-input': params, signature, 'content-digest': digest };
        const request = { method: 'GET', url, headers, rawBody: undefined };
        return !(await hmac.verifyRequest(request)).ok;
      }),
    );
  });

  it('changes nothing about which requests are new', async () => {
    const { hmac } = await start();
    const request = arrived(hmac);
    const forged = { ...request, rawBody: Buffer.from('x') };
    expect(reasonOf(await hmac.verifyRequest(forged))).toBe('digest-mismatch');
    expect(reasonOf(await hmac.verifyRequest(request))).toBe('ok');
  });
});

describe('signRequest', () => {
  it.each<[string, Partial<OutgoingRequest>]>([
    ['a method in small letters', { method: 'post' }],
    ['a method that ends the line', { method: 'POST\n' }],
    ['a relative URL', { url: '/invoices' }],
    ['a URL of another kind', { url: 'javascript:alert(1)' }],
    ['a URL with a password', { url: 'https://a:b@example.com' }],
    ['text without a type', { headers: {} }],
    ['a type with a line end', { headers: { 'content-type': 'a/b\r\nx: y' } }],
    ['two types', { headers: { 'content-type': ['a/b', 'c/d'] } }],
    ['a signature already there', { headers: { 'content-type': 'a/b', Signature: 'x' } }],
    ['a digest already there', { headers: { 'content-type': 'a/b', 'CONTENT-DIGEST': 'x' } }],
    ['a body that is a lone surrogate', { body: '\ud800' }],
    ['a body that was not serialised', { body: { amount: 12 } as unknown as string }],
  ])('refuses %s', async (_, change) => {
    const { hmac } = await start();
    expect(() => hmac.signRequest({ ...REQUEST, ...change })).toThrow(TypeError);
  });

  it.each<[string, unknown]>([
    ['no key', { key: [] }],
    ['a key that is not set', { key: undefined }],
    ['a short key', { key: { id: 'a', key: 'short' } }],
    ['a key without an id', { key: { key: SHARED.key } }],
    ['an id that ends a text', { key: { id: 'a"b', key: SHARED.key } }],
    ['an id twice', { key: [SHARED, SHARED] }],
    ['a life of none', { ttlSeconds: 0 }],
    ['a life of two days', { ttlSeconds: 172_800 }],
    ['an option misspelt', { ttl: 5 }],
  ])('refuses %s', async (_, options) => {
    const { hmac } = await start();
    expect(() => hmac.signRequest(REQUEST, options as object)).toThrow(TypeError);
  });
});

describe('verifyRequest', () => {
  it('needs the origin to be told', async () => {
    const { hmac } = await startHmac();
    await expect(hmac.verifyRequest(arrived(hmac))).rejects.toMatchObject({
      code: 'MAC_PUBLIC_ORIGIN_MISSING',
      message: expect.stringContaining('hmac.publicOrigin'),
    });
  });

  it('does not turn to the ring for a key that is not set', async () => {
    const { hmac } = await start();
    const options = { key: undefined } as unknown as { key: typeof SHARED };
    await expect(hmac.verifyRequest(arrived(hmac), options)).rejects.toThrow('key is undefined');
  });

  it('takes no parsed body', async () => {
    const { hmac } = await start();
    const request = { ...arrived(hmac), rawBody: { amount: 12 } as unknown as Uint8Array };
    await expect(hmac.verifyRequest(request)).rejects.toThrow(TypeError);
  });

  it.each([
    'https://a.example/',
    'https://a.example/x',
    'a.example',
    'ftp://a.example',
    'https://A.example',
    '',
  ])('is not started with the origin %j', async (publicOrigin) => {
    await expect(startHmac({ publicOrigin })).rejects.toThrow('hmac.publicOrigin must be');
  });
});

describe('http-message-signatures', () => {
  const FIELDS = ['@method', '@authority', '@path', '@query', 'content-digest', 'content-type'];
  const PARAMS = ['created', 'keyid', 'nonce', 'tag'];

  it('verifies what we sign', async () => {
    const { hmac } = await start();
    const headers = { 'content-type': 'application/json' };
    const signed = { ...headers, ...hmac.signRequest(REQUEST, { key: SHARED }) };
    const verify = (url: string) =>
      httpbis.verifyMessage(
        {
          keyLookup: async () => ({
            id: SHARED.id,
            algs: ['hmac-sha256'],
            verify: createVerifier(SHARED.key, 'hmac-sha256'),
          }),
          requiredFields: FIELDS,
          requiredParams: PARAMS,
          notAfter: new Date(NOW * 1000 + 1000),
        },
        { method: 'POST', url, headers: signed },
      );
    expect(await verify(String(REQUEST.url))).toBe(true);
    await expect(verify(`${ORIGIN}/invoices?draft=2&a=%20b`)).resolves.toBe(false);
  });

  it('signs what we verify, in any order, also with an expiry', async () => {
    const { hmac } = await start();
    for (const fields of [FIELDS, FIELDS.toReversed()]) {
      for (const expires of [undefined, new Date((NOW + 60) * 1000)]) {
        const { 'Content-Digest': digest } = hmac.signRequest(REQUEST);
        const message = await httpbis.signMessage(
          {
            key: { id: SHARED.id, sign: createSigner(SHARED.key, 'hmac-sha256').sign },
            name: 'partner',
            fields,
            params: expires ? [...PARAMS.toReversed(), 'expires'] : PARAMS,
            paramValues: {
              created: new Date(NOW * 1000),
              nonce: randomBytes(16).toString('hex'),
              tag: 'nestjs-security',
              ...(expires && { expires }),
            },
          },
          {
            method: 'POST',
            url: REQUEST.url,
            headers: { 'content-type': 'application/json', 'content-digest': digest },
          },
        );
        const headers = Object.fromEntries(
          Object.entries(message.headers).map(([name, value]) => [name.toLowerCase(), value]),
        );
        const { pathname, search } = new URL(REQUEST.url);
        const request = {
          method: 'POST',
          url: pathname + search,
          headers,
          rawBody: Buffer.from(BODY),
        };
        expect(reasonOf(await hmac.verifyRequest(request, { key: SHARED }))).toBe('ok');
      }
    }
  });
});
