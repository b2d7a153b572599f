import fc from 'fast-check';
import { inspect } from 'node:util';
import { HmacService } from 'nestjs-security';
import { testKey, testSecret } from '../support/keys.js';
import { settle, startServices } from '../support/services.js';

let hmac: HmacService;
beforeAll(async () => {
  hmac = (await startServices({ keys: [testKey('a')] })).module.get(HmacService);
});

describe('HmacService', () => {
  it('verifies what it signed, as text or as bytes', () => {
    expect(hmac.sign('grün')).toMatch(/^sha256=[0-9a-f]{64}$/);
    expect(hmac.verify(Buffer.from('grün'), hmac.sign('grün'))).toBe(true);
    expect(hmac.verify('', hmac.sign(''))).toBe(true);
  });

  it('verifies nothing else (property)', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        (signed, other) => hmac.verify(other, hmac.sign(signed)) === (signed === other),
      ),
    );
    fc.assert(fc.property(fc.anything(), (signature) => !hmac.verify('data', signature)));
  });

  it.each<[string, (good: string) => unknown]>([
    ['absent', () => undefined],
    ['null', () => null],
    ['empty', () => ''],
    ['blank', () => '   '],
    ['bytes', (good) => Buffer.from(good)],
    ['in a list', (good) => [good]],
    ['without its prefix', (good) => good.slice(7)],
    ['under another prefix', (good) => good.replace('sha256', 'sha512')],
    ['under a prefix in capitals', (good) => good.replace('sha256', 'SHA256')],
    ['in capital digits', (good) => `sha256=${good.slice(7).toUpperCase()}`],
    ['a digit short', (good) => good.slice(0, -1)],
    ['a digit long', (good) => `${good}0`],
    ['with a tail', (good) => `${good.slice(0, -2)}zz`],
    ['with a line end', (good) => `${good}\n`],
    ['with a look-alike', (good) => `${good.slice(0, -1)}Ł`],
    ['huge', (good) => good.repeat(10_000)],
  ])('is false, without throwing, for a signature that is %s', (_, change) => {
    expect(hmac.verify('data', change(hmac.sign('data')))).toBe(false);
  });

  it.each([undefined, null, 5, {}, [['data']], [5], [undefined], new Map()])(
    'signs no %p',
    (data) => {
      expect(() => hmac.sign(data as string)).toThrow(TypeError);
    },
  );

  it('signs no text with a lone surrogate, which would be signed as another one', () => {
    expect(() => hmac.sign('\ud800')).toThrow(TypeError);
    expect(() => hmac.verify('\ud800', 'x')).toThrow(TypeError);
    expect(() => hmac.verify(['a', '\ud800'], undefined)).toThrow(TypeError);
  });

  it('signs the parts of a list one after the other, with nothing between them', () => {
    const signature = hmac.sign(['v0:', Buffer.from('12'), '', ':grün']);
    expect(signature).toBe(hmac.sign('v0:12:grün'));
    expect(hmac.verify(['v0:1', '2:grün'], signature)).toBe(true);
    expect(hmac.sign([])).toBe(hmac.sign(''));
  });

  it('reports refusals', async () => {
    const { module, log } = await startServices();
    module.get(HmacService).verify('data', 'x');
    module.get(HmacService).verify('data', undefined);
    module.get(HmacService).verify('data', module.get(HmacService).sign('other'));
    await settle();
    const target = { type: 'hmac', id: 'data' };
    expect(log.recordsOf('signature_refused')).toMatchObject([
      { reason: 'malformed', target },
      { reason: 'missing', target },
      { reason: 'mismatch', target },
    ]);
  });

  it('shows no key, whoever prints it', () => {
    const key = 'a key that is shared with a partner';
    hmac.sign('data', { key });
    const shown = inspect(hmac, { depth: Infinity, showHidden: true }) + JSON.stringify(hmac);
    const bytes = Buffer.from(testSecret('a'), 'base64url');
    for (const secret of [key, testSecret('a'), bytes.toString('hex'), bytes.toString('base64')]) {
      expect(shown).not.toContain(secret);
    }
  });
});
