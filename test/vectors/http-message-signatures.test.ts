import { contentDigest } from '../../lib/hmac/message/content-digest.js';
import { signatureBase } from '../../lib/hmac/message/signature-base.js';
import { startMac } from '../../lib/hmac/mac/compute-mac.js';
import { startHmac } from '../support/hmac.js';
import { readVectors } from '../support/vectors.js';

interface MessageVectors {
  readonly request: { method: string; url: string; body: string };
  readonly contentDigest: Readonly<Record<string, string>>;
  readonly cases: {
    readonly name: string;
    readonly key: { type: string; secretBase64?: string };
    readonly headers: Readonly<Record<string, string>>;
    readonly method?: string;
    readonly url?: string;
    readonly signatureBase?: string;
  }[];
}

const { request, cases, ...vectors } = readVectors<MessageVectors>('hmac/rfc9421-9530.json');

describe('RFC 9530', () => {
  it('gives the digest of its example', () => {
    expect(contentDigest(request.body)).toBe(vectors.contentDigest['sha-256']);
    expect(contentDigest(Buffer.from(request.body))).toBe(vectors.contentDigest['sha-256']);
  });
});

describe('RFC 9421', () => {
  const withBase = cases.filter((each) => each.signatureBase !== undefined);

  it.each(withBase)('$name: the signature base', ({ headers, signatureBase: base, key }) => {
    const spelt = (headers['signature-input'] ?? '').replace(/^[^=]+=/, '');
    const names = Array.from(spelt.matchAll(/"([^"]+)"(?=[ )])/g), ([, name = '']) => name);
    const values = {
      ...headers,
      '@method': request.method,
      '@authority': 'example.com',
      '@path': '/foo',
      '@query': '?param=Value&Pet=dog',
    };
    expect(signatureBase(names, values, spelt)).toBe(base);
    if (key.type !== 'hmac-sha256') return;
    const secret = Buffer.from(key.secretBase64 ?? '', 'base64');
    const mac = startMac('sha256', secret, base ?? '').digest('base64');
    expect(headers['signature']).toBe(`sig-b25=:${mac}:`);
  });

  it.each(cases)('$name: refused, since it is not of the profile', async ({ headers, ...row }) => {
    const { hmac } = await startHmac({ publicOrigin: 'https://example.com' });
    const { pathname, search } = new URL(row.url ?? request.url);
    const verdict = await hmac.verifyRequest(
      {
        method: row.method ?? request.method,
        url: pathname + search,
        headers,
        rawBody: Buffer.from(request.body),
      },
      { key: { id: 'test-shared-secret', key: Buffer.from(row.key.secretBase64 ?? 'a'.repeat(24), 'base64') } },
    );
    expect(verdict).toEqual({ ok: false, reason: 'malformed' });
  });
});
