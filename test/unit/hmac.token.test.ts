import fc from 'fast-check';
import { HmacService, ReplayStore, type TokenVerdict } from 'nestjs-security';
import { createHash, createHmac, hkdfSync } from 'node:crypto';
import { lengthPrefixed } from '../../lib/common/length-prefixed.js';
import { endOf, endOfAsync } from '../support/error-code.js';
import { NOW, startHmac } from '../support/hmac.js';
import { testKey, testSecret } from '../support/keys.js';
import { settle, startServices } from '../support/services.js';

const OPTIONS = { purpose: 'password-reset', ttlSeconds: 900 };
const PURPOSE = { purpose: 'password-reset' };

function reasonOf(verdict: TokenVerdict<unknown>): string {
  return verdict.ok ? 'ok' : verdict.reason;
}

/** The parts of a token, changed and put together again. */
function changed(token: string, change: (parts: string[]) => string[]): string {
  return change(token.split('.')).join('.');
}

/** A token with any claims, signed as docs/signatures.md says. */
function forged(claims: string, id = 'now', purpose = OPTIONS.purpose): string {
  const parts = createHash('sha256')
    .update(lengthPrefixed([purpose]))
    .digest();
  const info = Buffer.concat([Buffer.from('nestjs-security/v1/hmac-token\0'), parts]);
  const secret = Buffer.from(testSecret(id), 'base64url');
  const key = Buffer.from(hkdfSync('sha256', secret, '', info, 32));
  const signed = `v1.${id}.${Buffer.from(claims).toString('base64url')}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

describe('a signed token', () => {
  it('gives back what was signed, with its times and its key', async () => {
    const { hmac } = await startHmac();
    const token = hmac.signToken({ userId: 'ü7', roles: ['a', null, 1.5] }, OPTIONS);
    expect(token).toMatch(/^v1\.now\.[\w-]+\.[\w-]{43}$/);
    expect(hmac.verifyToken(token, PURPOSE)).toEqual({
      ok: true,
      data: { userId: 'ü7', roles: ['a', null, 1.5] },
      issuedAt: NOW,
      expiresAt: NOW + 900,
      keyId: 'now',
      needsResign: false,
    });
  });

  it('has its claims in one order, as docs/signatures.md says', async () => {
    const { hmac } = await startHmac();
    const options = { ...OPTIONS, audience: 'app', notBefore: NOW + 5, oneTime: true };
    const [, , claims = ''] = hmac.signToken('7', options).split('.');
    expect(
      Buffer.from(claims, 'base64url')
        .toString()
        .replace(/jti":"[\w-]{22}/, 'jti":"…'),
    ).toBe(`{"d":"7","iat":${NOW},"exp":${NOW + 900},"nbf":${NOW + 5},"aud":"app","jti":"…"}`);
  });

  it('can be made by whoever has the key, from docs/signatures.md alone', async () => {
    const { hmac } = await startHmac();
    const token = forged(`{"d":"7","iat":${NOW},"exp":${NOW + 900}}`);
    expect(hmac.verifyToken(token, PURPOSE)).toMatchObject({ ok: true, data: '7' });
  });

  it('may hold any JSON (property)', async () => {
    const { hmac } = await startHmac();
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        // JSON has one zero only.
        const data = JSON.parse(JSON.stringify(value)) as never;
        const verdict = hmac.verifyToken(hmac.signToken(data, OPTIONS), PURPOSE);
        expect(verdict.ok && verdict.data).toEqual(data);
      }),
      { numRuns: 200 },
    );
  });

  it('is valid from its first second up to, and without, its last', async () => {
    const { hmac, clock } = await startHmac();
    const token = hmac.signToken('x', { ...OPTIONS, notBefore: NOW + 100 });
    const at = (seconds: number): string => {
      clock.seconds = seconds;
      return reasonOf(hmac.verifyToken(token, PURPOSE));
    };
    expect([NOW, NOW + 99, NOW + 100, NOW + 899, NOW + 900].map(at)).toEqual([
      'not-yet-valid',
      'not-yet-valid',
      'ok',
      'ok',
      'expired',
    ]);
  });

  it('is valid for no longer than maxAgeSeconds, however long it was to be', async () => {
    const { hmac, clock } = await startHmac();
    const token = hmac.signToken('x', OPTIONS);
    clock.seconds = NOW + 59;
    expect(reasonOf(hmac.verifyToken(token, { ...PURPOSE, maxAgeSeconds: 60 }))).toBe('ok');
    clock.seconds = NOW + 60;
    expect(reasonOf(hmac.verifyToken(token, { ...PURPOSE, maxAgeSeconds: 60 }))).toBe('expired');
    expect(reasonOf(hmac.verifyToken(token, { ...PURPOSE, maxAgeSeconds: 1000 }))).toBe('ok');
  });

  it('is for one purpose and one audience', async () => {
    const { hmac } = await startHmac();
    const [plain, forApp] = [
      hmac.signToken('x', OPTIONS),
      hmac.signToken('x', { ...OPTIONS, audience: 'app' }),
    ];
    expect(reasonOf(hmac.verifyToken(plain, { purpose: 'email-change' }))).toBe('mismatch');
    expect(reasonOf(hmac.verifyToken(plain, { ...PURPOSE, audience: 'app' }))).toBe(
      'wrong-audience',
    );
    expect(reasonOf(hmac.verifyToken(forApp, PURPOSE))).toBe('wrong-audience');
    expect(reasonOf(hmac.verifyToken(forApp, { ...PURPOSE, audience: 'api' }))).toBe(
      'wrong-audience',
    );
    expect(reasonOf(hmac.verifyToken(forApp, { ...PURPOSE, audience: 'app' }))).toBe('ok');
  });

  it('is verified under the key that it names, and asks to be signed anew after a rotation', async () => {
    const { hmac: old } = await startHmac({ keys: [testKey('old')] });
    const token = old.signToken('x', OPTIONS);
    const { hmac } = await startHmac({ keys: [testKey('now'), testKey('old')] });
    expect(hmac.verifyToken(token, PURPOSE)).toMatchObject({ keyId: 'old', needsResign: true });
    const renamed = changed(token, ([v = '', , ...rest]) => [v, 'now', ...rest]);
    expect(reasonOf(hmac.verifyToken(renamed, PURPOSE))).toBe('mismatch');
    expect(reasonOf((await startHmac()).hmac.verifyToken(token, PURPOSE))).toBe('unknown-key');
    const revoking = await startHmac({
      keys: [
        { ...testKey('now'), state: 'primary' },
        { ...testKey('old'), state: 'revoked' },
      ],
    });
    expect(reasonOf(revoking.hmac.verifyToken(token, PURPOSE))).toBe('revoked-key');
  });

  it.each<[string, string, (token: string) => unknown]>([
    ['absent', 'missing', () => undefined],
    ['null', 'missing', () => null],
    ['empty', 'missing', () => ''],
    ['a number', 'malformed', () => 5],
    ['a list', 'malformed', (token) => [token]],
    ['of one part', 'malformed', () => 'v1'],
    ['of two parts', 'malformed', () => 'v1.now'],
    ['of three parts', 'malformed', (token) => token.slice(0, token.lastIndexOf('.'))],
    ['of five parts', 'malformed', (token) => `${token}.x`],
    ['of version 0', 'malformed', (token) => token.replace('v1', 'v0')],
    ['of version 2', 'malformed', (token) => token.replace('v1', 'v2')],
    ['in capitals', 'malformed', (token) => token.replace('v1', 'V1')],
    [
      'of another key',
      'unknown-key',
      (token) => changed(token, ([v = '', , c = '', m = '']) => [v, 'other', c, m]),
    ],
    [
      'without a key',
      'malformed',
      (token) => changed(token, ([v = '', , c = '', m = '']) => [v, '', c, m]),
    ],
    ['of a key with a dot more', 'malformed', (token) => token.replace('now', 'n.ow')],
    ['with a line end', 'malformed', (token) => `${token}\n`],
    ['with white space', 'malformed', (token) => ` ${token}`],
    ['padded', 'malformed', (token) => `${token}=`],
    [
      'with spare bits set',
      'malformed',
      (token) => token.slice(0, -1) + nextBase64Url(token.at(-1)),
    ],
    [
      'with another MAC',
      'mismatch',
      (token) => changed(token, ([v = '', k = '', c = '']) => [v, k, c, 'A'.repeat(43)]),
    ],
    [
      'with other claims',
      'mismatch',
      (token) =>
        changed(token, ([v = '', k = '', c = '', m = '']) => [v, k, `${c.slice(0, -2)}AA`, m]),
    ],
    ['of another alphabet', 'malformed', (token) => token.replace(/[\w-]{4}$/, '+/+/')],
    [
      'longer than 8 KiB',
      'malformed',
      (token) =>
        changed(token, ([v = '', k = '', c = '', m = '']) => [v, k, c.padEnd(8192, 'A'), m]),
    ],
    ['huge', 'malformed', (token) => token.repeat(100_000)],
  ])('is refused when it is %s', async (_, reason, change) => {
    const { hmac, log } = await startHmac();
    const token = change(
      hmac.signToken('some data, so that there is something to change', OPTIONS),
    );
    expect(reasonOf(hmac.verifyToken(token, PURPOSE))).toBe(reason);
    expect(reasonOf(await hmac.consumeToken(token, PURPOSE))).toBe(reason);
    await settle();
    expect(log.recordsOf('signature_refused')[0]).toMatchObject({
      reason,
      target: { id: 'token' },
    });
  });

  it('is refused with any one character changed (property)', async () => {
    const { hmac } = await startHmac();
    const token = hmac.signToken({ userId: 7 }, OPTIONS);
    fc.assert(
      fc.property(
        fc.nat(token.length - 1),
        fc.string({ minLength: 0, maxLength: 2 }),
        (at, other) => {
          const text = token.slice(0, at) + other + token.slice(at + 1);
          return hmac.verifyToken(text, PURPOSE).ok === (text === token);
        },
      ),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.anything(), (value) => !hmac.verifyToken(value, PURPOSE).ok));
  });

  it.each([
    ['no JSON', '{"d":1'],
    ['no object', '[1]'],
    ['null', 'null'],
    ['no data', `{"iat":${NOW},"exp":${NOW + 9}}`],
    ['no expiry', `{"d":1,"iat":${NOW}}`],
    ['no time', `{"d":1,"exp":${NOW + 9}}`],
    ['a member more', `{"d":1,"iat":${NOW},"exp":${NOW + 9},"x":1}`],
    ['a member twice', `{"d":1,"iat":${NOW},"exp":1,"exp":${NOW + 9}}`],
    ['another order', `{"iat":${NOW},"d":1,"exp":${NOW + 9}}`],
    ['white space', `{"d":1, "iat":${NOW},"exp":${NOW + 9}}`],
    ['a fraction', `{"d":1,"iat":${NOW},"exp":${NOW + 9}.5}`],
    ['an exponent', `{"d":1,"iat":${NOW},"exp":1e12}`],
    ['a time as text', `{"d":1,"iat":${NOW},"exp":"${NOW + 9}"}`],
    ['a negative time', `{"d":1,"iat":-1,"exp":${NOW + 9}}`],
    ['an id that is no text', `{"d":1,"iat":${NOW},"exp":${NOW + 9},"jti":1}`],
    ['an audience that is no text', `{"d":1,"iat":${NOW},"exp":${NOW + 9},"aud":["a"]}`],
    ['a __proto__', `{"d":1,"iat":${NOW},"exp":${NOW + 9},"__proto__":{"jti":"x"}}`],
  ])('is refused with claims that have %s, even when its MAC holds', async (_, claims) => {
    const { hmac } = await startHmac();
    expect(reasonOf(hmac.verifyToken(forged(claims), PURPOSE))).toBe('malformed');
  });

  it('is judged by its MAC before its time is looked at', async () => {
    const { hmac, clock } = await startHmac();
    const token = hmac.signToken('x', OPTIONS);
    clock.seconds = NOW + 10_000;
    const forgery = changed(token, ([v = '', k = '', c = '']) => [v, k, c, 'A'.repeat(43)]);
    expect(reasonOf(hmac.verifyToken(forgery, PURPOSE))).toBe('mismatch');
  });

  it('is no signature, cookie or guide token, nor they tokens, under one ring', async () => {
    const { hmac } = await startHmac();
    const token = hmac.signToken('x', OPTIONS);
    const at = token.lastIndexOf('.');
    const mac = token.slice(at + 1);
    const plain = { encoding: 'base64url', prefix: '' } as const;
    expect(hmac.verify(token.slice(0, at), mac, plain)).toBe(false);
    expect(hmac.unsignCookie('a', token).ok).toBe(false);
    const signature = hmac.sign(token.slice(0, at), plain);
    expect(reasonOf(hmac.verifyToken(`${token.slice(0, at)}.${signature}`, PURPOSE))).toBe(
      'mismatch',
    );
  });
});

describe('a one-time token', () => {
  it('is accepted by consumeToken, once, and by verifyToken never', async () => {
    const { hmac, log } = await startHmac();
    const token = hmac.signToken('7', { ...OPTIONS, oneTime: true });
    expect(reasonOf(hmac.verifyToken(token, PURPOSE))).toBe('one-time');
    const verdicts = await Promise.all(
      [1, 2, 3, 4].map(() => hmac.consumeToken<string>(token, PURPOSE)),
    );
    expect(verdicts.filter(({ ok }) => ok)).toMatchObject([{ data: '7' }]);
    expect(verdicts.map(reasonOf).toSorted()).toEqual(['ok', 'used', 'used', 'used']);
    await settle();
    expect(log.recordsOf('signature_refused')).toMatchObject([
      { reason: 'one-time' },
      { reason: 'used' },
    ]);
  });

  it('is not used up by whoever asks for another purpose, audience or time', async () => {
    const { hmac, clock } = await startHmac();
    const token = hmac.signToken('7', { ...OPTIONS, audience: 'app', oneTime: true });
    const app = { ...PURPOSE, audience: 'app' };
    expect(reasonOf(await hmac.consumeToken(token, { ...app, purpose: 'other' }))).toBe('mismatch');
    expect(reasonOf(await hmac.consumeToken(token, PURPOSE))).toBe('wrong-audience');
    clock.seconds = NOW + 10_000;
    expect(reasonOf(await hmac.consumeToken(token, app))).toBe('expired');
    clock.seconds = NOW;
    expect(reasonOf(await hmac.consumeToken(token, app))).toBe('ok');
  });

  it('is not what other tokens are', async () => {
    const { hmac } = await startHmac();
    const token = hmac.signToken('7', OPTIONS);
    expect(reasonOf(await hmac.consumeToken(token, PURPOSE))).toBe('not-one-time');
  });

  it('has an id of its own each time', async () => {
    const { hmac } = await startHmac();
    const options = { ...OPTIONS, oneTime: true };
    const tokens = Array.from({ length: 50 }, () => hmac.signToken('7', options));
    const verdicts = await Promise.all(tokens.map((token) => hmac.consumeToken(token, PURPOSE)));
    expect(verdicts.every(({ ok }) => ok)).toBe(true);
  });

  it('is remembered beyond its time, for nodes whose clock is behind', async () => {
    const asked: [string, number][] = [];
    class Watched extends ReplayStore {
      claim = () => Promise.resolve('new' as const);
      complete = () => Promise.resolve(true);
      release = () => Promise.resolve(true);
      consume = (key: string, ttlMs: number) => {
        asked.push([key, ttlMs]);
        return Promise.resolve('new' as const);
      };
    }
    const { module } = await startServices({
      hmac: { clock: () => NOW * 1000 },
      providers: [{ provide: ReplayStore, useClass: Watched }],
    });
    const hmac = module.get(HmacService);
    await hmac.consumeToken(hmac.signToken('7', { ...OPTIONS, oneTime: true }), PURPOSE);
    expect(asked).toEqual([[expect.stringMatching(/^hmac-token:[\w-]{43}$/), 1_200_000]]);
  });

  it('is refused when the store cannot remember it', async () => {
    const { module } = await startServices({
      providers: [
        {
          provide: ReplayStore,
          useValue: { consume: () => Promise.reject(new Error('no store')) },
        },
      ],
    });
    const hmac = module.get(HmacService);
    const token = hmac.signToken('7', { ...OPTIONS, oneTime: true });
    await expect(hmac.consumeToken(token, PURPOSE)).rejects.toThrow('no store');
  });
});

describe('signToken', () => {
  it.each<[string, object]>([
    ['no life', { ttlSeconds: undefined }],
    ['a life of 0', { ttlSeconds: 0 }],
    ['a negative life', { ttlSeconds: -1 }],
    ['a life of NaN', { ttlSeconds: NaN }],
    ['half a second', { ttlSeconds: 0.5 }],
    ['a life as text', { ttlSeconds: '900' }],
    ['a life of 91 days', { ttlSeconds: 91 * 86_400 }],
    ['a life of 11 years', { ttlSeconds: 11 * 365 * 86_400 }],
    ['no purpose', { purpose: undefined }],
    ['an empty purpose', { purpose: '' }],
    ['a purpose that is no text', { purpose: ['a'] }],
    ['a purpose with a lone surrogate', { purpose: '\ud800' }],
    ['a long purpose', { purpose: 'x'.repeat(257) }],
    ['an empty audience', { audience: '' }],
    ['an audience that is no text', { audience: 5 }],
    ['a beginning at its end', { notBefore: NOW + 900 }],
    ['a beginning in milliseconds', { notBefore: NOW * 1000 }],
    ['a beginning that is NaN', { notBefore: NaN }],
    ['oneTime as text', { oneTime: 'no' }],
    ['an option misspelt', { ttl: 5 }],
  ])('refuses %s', async (_, change) => {
    const { hmac } = await startHmac();
    expect(() => hmac.signToken('x', { ...OPTIONS, ...change })).toThrow(TypeError);
  });

  it('refuses to be called without options', async () => {
    const { hmac } = await startHmac();
    expect(() => hmac.signToken('x', undefined as never)).toThrow(TypeError);
    expect(() => hmac.verifyToken('x', undefined as never)).toThrow(TypeError);
  });

  it.each([undefined, NaN, 1n, new Date(0), '\ud800', { a: undefined }, () => 1])(
    'refuses to sign %p',
    async (data) => {
      const { hmac } = await startHmac();
      expect(endOf(() => hmac.signToken(data as never, OPTIONS))).toBe('MAC_PAYLOAD_UNFIT');
    },
  );

  it('refuses data that makes a token longer than 8 KiB, and takes what it verifies', async () => {
    const { hmac } = await startHmac();
    expect(endOf(() => hmac.signToken('x'.repeat(8192), OPTIONS))).toBe('MAC_TOKEN_TOO_LARGE');
    let data = 'x'.repeat(6000);
    while (endOf(() => hmac.signToken(`${data}x`, OPTIONS)) === 'done') data += 'x';
    expect(hmac.verifyToken(hmac.signToken(data, OPTIONS), PURPOSE)).toMatchObject({ data });
  });

  it('takes longer lives when hmac.maxTokenTtlSeconds is raised', async () => {
    const { hmac } = await startHmac({ maxTokenTtlSeconds: 365 * 86_400 });
    expect(hmac.signToken('x', { ...OPTIONS, ttlSeconds: 365 * 86_400 })).toMatch(/^v1\./);
  });
});

describe('verifyToken', () => {
  it.each<[string, object]>([
    ['no purpose', { purpose: undefined }],
    ['an audience that is no text', { audience: 5 }],
    ['an age of 0', { maxAgeSeconds: 0 }],
    ['an age of NaN', { maxAgeSeconds: NaN }],
    ['an option misspelt', { audiance: 'a' }],
  ])('refuses to be asked with %s', async (_, change) => {
    const { hmac } = await startHmac();
    expect(() => hmac.verifyToken('x', { ...PURPOSE, ...change })).toThrow(TypeError);
    expect(await endOfAsync(() => hmac.consumeToken('x', { ...PURPOSE, ...change }))).toBe(
      'TypeError',
    );
  });
});

describe('a token of the guide', () => {
  const KEY = 'a key for tokens of the guide only';

  it('is data, expiry and hex, and is read back', async () => {
    const { hmac } = await startHmac();
    const token = hmac.createSignedToken('a:b', { key: KEY, ttlSeconds: 60 });
    const signed = `a:b:${NOW + 60}`;
    expect(token).toBe(`${signed}:${createHmac('sha256', KEY).update(signed).digest('hex')}`);
    expect(hmac.verifySignedToken(token, { key: KEY })).toBe('a:b');
    expect(hmac.verifySignedToken(token, { key: ['another key of the two', KEY] })).toBe('a:b');
  });

  it('is valid up to its last second, that one included', async () => {
    const { hmac, clock } = await startHmac();
    const token = hmac.createSignedToken('', { key: KEY, ttlSeconds: 60 });
    clock.seconds = NOW + 60;
    expect(hmac.verifySignedToken(token, { key: KEY })).toBe('');
    clock.seconds = NOW + 61;
    expect(hmac.verifySignedToken(token, { key: KEY })).toBeNull();
  });

  it.each<[string, (token: string) => unknown]>([
    ['absent', () => undefined],
    ['empty', () => ''],
    ['one part', () => 'x'],
    ['two parts', () => 'x:5'],
    ['of other data', (token) => `z${token}`],
    ['of a later expiry', (token) => token.replace(String(NOW + 60), String(NOW + 61))],
    ['in capitals', (token) => token.toUpperCase()],
    ['with a line end', (token) => `${token}\n`],
    ['a digit short', (token) => token.slice(0, -1)],
    ['a lone surrogate', (token) => `\ud800${token}`],
    ['huge', (token) => 'x'.repeat(9000) + token],
    ['with an expiry that is no number, signed', () => tokenOf('x:soon')],
    ['with an expiry that Python would read, signed', () => tokenOf(`x: ${NOW + 60}`)],
    ['with digits of another script, signed', () => tokenOf('x:１２３４５６７８９０１２')],
    ['with an expiry beyond all times, signed', () => tokenOf(`x:${'9'.repeat(400)}`)],
    ['without an expiry, signed', () => tokenOf('x')],
  ])('gives null when it is %s', async (_, change) => {
    const { hmac } = await startHmac();
    const token = hmac.createSignedToken('X', { key: KEY, ttlSeconds: 60 });
    expect(hmac.verifySignedToken(change(token), { key: KEY })).toBeNull();
  });

  it.each<[string, object]>([
    ['no key', { ttlSeconds: 60 }],
    ['a short key', { key: 'short', ttlSeconds: 60 }],
    ['no life', { key: KEY }],
    ['a life of 0', { key: KEY, ttlSeconds: 0 }],
    ['a purpose', { key: KEY, ttlSeconds: 60, purpose: 'x' }],
  ])('is not made with %s', async (_, options) => {
    const { hmac } = await startHmac();
    expect(() => hmac.createSignedToken('x', options as never)).toThrow(TypeError);
  });

  it('is made of text only, that fits', async () => {
    const { hmac } = await startHmac();
    const options = { key: KEY, ttlSeconds: 60 };
    for (const data of [5, undefined, Buffer.from('x'), '\ud800']) {
      expect(() => hmac.createSignedToken(data as string, options)).toThrow(TypeError);
    }
    expect(endOf(() => hmac.createSignedToken('x'.repeat(8192), options))).toBe(
      'MAC_TOKEN_TOO_LARGE',
    );
  });

  function tokenOf(signed: string): string {
    return `${signed}:${createHmac('sha256', KEY).update(signed).digest('hex')}`;
  }
});

function nextBase64Url(character = 'A'): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(character) + 1] ?? 'A';
}
