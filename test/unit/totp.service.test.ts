import { URI } from 'otpauth';
import { Secret, TotpService } from 'nestjs-security';
import type { OtpauthAccount, TotpOptions, TotpVerifyOptions } from 'nestjs-security';
import { TestingAuditLog } from 'nestjs-security/testing';
import { readSvgQrCode, readTerminalQrCode } from '../support/qr-code.js';
import { settle, startServices } from '../support/services.js';

/** "12345678901234567890", the key of the RFCs. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const PERIOD_MS = 30_000;
const NEVER = { lastAcceptedStep: null };

describe('TotpService', () => {
  let now: number;
  let totp: TotpService;
  let log: TestingAuditLog;

  beforeEach(async () => {
    now = 1_000 * PERIOD_MS;
    ({ totp, log } = await start());
  });

  async function start(options: TotpOptions = {}) {
    const { module, log: itsLog } = await startServices({ clock: () => now, totp: options });
    return { totp: module.get(TotpService), log: itsLog };
  }

  /** The code that an authenticator shows so many steps from now. */
  async function codeIn(steps: number): Promise<string> {
    return totp.generateHotp(SECRET, now / PERIOD_MS + steps);
  }

  describe('verify', () => {
    it('accepts the present code and gives its step', async () => {
      const code = await totp.generate(SECRET);
      await expect(totp.verify(code, SECRET, NEVER)).resolves.toEqual({ ok: true, step: 1000 });
      await expect(totp.verify(code, Secret.of(SECRET), NEVER)).resolves.toMatchObject({
        ok: true,
      });
    });

    it.each([
      [-2, false],
      [-1, true],
      [0, true],
      [1, true],
      [2, false],
    ])('judges the code of step %p within the default window', async (steps, ok) => {
      const verdict = await totp.verify(await codeIn(steps), SECRET, NEVER);
      expect(verdict).toEqual(ok ? { ok, step: 1000 + steps } : { ok: false, reason: 'mismatch' });
    });

    it('takes another window from the call or the options', async () => {
      const early = await codeIn(-1);
      await expect(totp.verify(early, SECRET, { ...NEVER, window: 0 })).resolves.toEqual({
        ok: false,
        reason: 'mismatch',
      });
      const { totp: patient } = await start({ window: 3 });
      const verdict = await patient.verify(await codeIn(3), SECRET, NEVER);
      expect(verdict).toEqual({ ok: true, step: 1003 });
    });

    it('accepts a code once', async () => {
      const code = await codeIn(0);
      const first = await totp.verify(code, SECRET, NEVER);
      const lastAcceptedStep = first.ok ? first.step : null;
      expect(lastAcceptedStep).toBe(1000);
      await expect(totp.verify(code, SECRET, { lastAcceptedStep })).resolves.toEqual({
        ok: false,
        reason: 'replayed',
      });
    });

    it('accepts no older code after a newer one, though it was never used', async () => {
      const options = { lastAcceptedStep: 1001 };
      for (const steps of [-1, 0, 1]) {
        await expect(totp.verify(await codeIn(steps), SECRET, options)).resolves.toEqual({
          ok: false,
          reason: 'replayed',
        });
      }
      now += PERIOD_MS;
      await expect(totp.verify(await codeIn(1), SECRET, options)).resolves.toEqual({
        ok: true,
        step: 1002,
      });
    });

    it('calls a code that never was right a mismatch, whatever was accepted before', async () => {
      const verdict = await totp.verify(await codeIn(5), SECRET, { lastAcceptedStep: 1000 });
      expect(verdict).toEqual({ ok: false, reason: 'mismatch' });
    });

    it('knows no step before the first', async () => {
      now = 0;
      await expect(totp.verify(await codeIn(0), SECRET, NEVER)).resolves.toEqual({
        ok: true,
        step: 0,
      });
    });

    it.each([
      undefined,
      null,
      123456,
      ['123456'],
      {},
      '',
      '12345',
      '1234567',
      ' 12345',
      '123456\n',
      '12 456',
      '-12345',
      '1e5000',
      '１２３４５６',
      '١٢٣٤٥٦',
      '0'.repeat(1_000_000),
    ])('takes %p for malformed', async (code) => {
      await expect(totp.verify(code, SECRET, NEVER)).resolves.toEqual({
        ok: false,
        reason: 'malformed',
      });
    });

    it('reports every refusal, and nothing of the code', async () => {
      const code = await codeIn(0);
      await totp.verify(code, SECRET, { lastAcceptedStep: 1000 });
      await totp.verify(await codeIn(9), SECRET, NEVER);
      await totp.verify('x', SECRET, NEVER);
      await totp.verify(code, SECRET, NEVER);
      await settle();
      const refusals = log.recordsOf('totp_refused');
      expect(refusals.map(({ reason }) => reason)).toEqual(['replayed', 'mismatch', 'malformed']);
      expect(refusals.map(({ level }) => level)).toEqual(['warn', 'warn', 'warn']);
      expect(JSON.stringify(refusals)).not.toContain(code);
      expect(JSON.stringify(refusals)).not.toContain(SECRET);
    });

    it.each([undefined, '999', 999n, {}])(
      'throws for the last accepted step %p, so that no misread column switches the guard off',
      async (lastAcceptedStep) => {
        const options = { lastAcceptedStep } as unknown as TotpVerifyOptions;
        await expect(totp.verify(await codeIn(0), SECRET, options)).rejects.toThrow(TypeError);
      },
    );

    it.each([
      { lastAcceptedStep: -1 },
      { lastAcceptedStep: NaN },
      { lastAcceptedStep: 1.5 },
      { ...NEVER, window: -1 },
      { ...NEVER, window: 11 },
      { ...NEVER, window: 0.5 },
    ])('throws for %j', async (options) => {
      await expect(totp.verify('123456', SECRET, options)).rejects.toThrow(RangeError);
    });

    it.each([NaN, Infinity, -1])('throws when the clock gives %p', async (time) => {
      now = time;
      await expect(totp.verify('123456', SECRET, NEVER)).rejects.toThrow(RangeError);
    });
  });

  describe('a stored secret', () => {
    it.each([
      '',
      SECRET.toLowerCase(),
      `${SECRET}======`,
      `${SECRET} `,
      `${SECRET}A`,
      `${SECRET}AB`,
      'GEZDGNBVGY3TQOJ',
      'GEZDGNBVGY3TQO',
      'GEZDGNBV',
      '0189GNBVGY3TQOJQ',
      'A'.repeat(2048),
    ])('is refused if it is %p', async (secret) => {
      const unfit = { code: 'SECRET_TOTP_KEY_UNFIT' };
      await expect(totp.verify('123456', secret, NEVER)).rejects.toMatchObject(unfit);
      await expect(totp.generate(secret)).rejects.toMatchObject(unfit);
      await expect(totp.uri(secret, { account: 'a', issuer: 'b' })).rejects.toMatchObject(unfit);
    });

    it('may have 80 bits, as older applications made them', async () => {
      const code = await totp.generate('GEZDGNBVGY3TQOJQ');
      const verdict = await totp.verify(code, 'GEZDGNBVGY3TQOJQ', NEVER);
      expect(verdict.ok).toBe(true);
    });

    it.each([undefined, null, 5, Buffer.from(SECRET)])('is missing if it is %p', async (secret) => {
      const verdict = totp.verify('123456', secret as unknown as string, NEVER);
      await expect(verdict).rejects.toThrow(TypeError);
    });
  });

  describe('generateSecret', () => {
    it('gives 160 bits that do not print, another each time', async () => {
      const secrets = await Promise.all(Array.from({ length: 50 }, () => totp.generateSecret()));
      const texts = secrets.map((secret) => secret.reveal());
      expect(new Set(texts).size).toBe(50);
      expect(texts.filter((text) => !/^[A-Z2-7]{32}$/.test(text))).toEqual([]);
      expect(String(secrets[0])).toBe('[redacted]');
    });

    it('gives what uri and verify take', async () => {
      const secret = await totp.generateSecret();
      const code = await totp.generate(secret);
      await expect(totp.verify(code, secret, NEVER)).resolves.toMatchObject({ ok: true });
    });
  });

  describe('verifyHotp', () => {
    it('accepts the next code and those of skipped ones, and gives the counter to store', async () => {
      for (const skipped of [0, 1, 3]) {
        const code = await totp.generateHotp(SECRET, 7 + skipped);
        await expect(totp.verifyHotp(code, SECRET, { counter: 7 })).resolves.toEqual({
          ok: true,
          nextCounter: 8 + skipped,
        });
      }
    });

    it('refuses a used code, one beyond the look-ahead, and junk', async () => {
      for (const counter of [6, 11]) {
        const code = await totp.generateHotp(SECRET, counter);
        await expect(totp.verifyHotp(code, SECRET, { counter: 7 })).resolves.toEqual({
          ok: false,
          reason: 'mismatch',
        });
      }
      await expect(totp.verifyHotp('junk', SECRET, { counter: 7 })).resolves.toEqual({
        ok: false,
        reason: 'malformed',
      });
    });

    it.each([-1, 1.5, NaN, 2 ** 53])('throws for the counter %p', async (counter) => {
      await expect(totp.verifyHotp('123456', SECRET, { counter })).rejects.toThrow(RangeError);
      await expect(totp.generateHotp(SECRET, counter)).rejects.toThrow(RangeError);
    });

    it('throws for a look-ahead that would make guessing easy', async () => {
      const options = { counter: 0, lookAhead: 101 };
      await expect(totp.verifyHotp('123456', SECRET, options)).rejects.toThrow(RangeError);
    });
  });

  describe('uri', () => {
    it('is what authenticators read', async () => {
      const uri = await totp.uri(SECRET, { account: 'ann@example.com', issuer: 'Example Ltd' });
      expect(uri.reveal()).toBe(
        `otpauth://totp/Example%20Ltd:ann%40example.com?issuer=Example%20Ltd&secret=${SECRET}&algorithm=SHA1&digits=6&period=30`,
      );
      expect(String(uri)).toBe('[redacted]');
    });

    it('carries names with any characters', async () => {
      const account = 'Zoë+test & co/100%?#=@例え.jp';
      const uri = await totp.uri(SECRET, { account, issuer: 'Größe & Söhne' });
      expect(uri.reveal()).toMatch(/^[\x21-\x7e]+$/);
      expect(URI.parse(uri.reveal())).toMatchObject({ label: account, issuer: 'Größe & Söhne' });
    });

    it('tells the settings that verify goes by', async () => {
      const { totp: other } = await start({
        algorithm: 'SHA256',
        digits: 8,
        periodSeconds: 60,
        issuer: 'Example',
      });
      const uri = await other.uri(SECRET, { account: 'ann' });
      expect(uri.reveal()).toMatch(/issuer=Example&.*&algorithm=SHA256&digits=8&period=60$/);
      const code = await other.generate(SECRET);
      expect(code).toMatch(/^\d{8}$/);
      await expect(other.verify(code, SECRET, NEVER)).resolves.toEqual({ ok: true, step: 500 });
    });

    it('can set up a counter-based password', async () => {
      const uri = await totp.uri(SECRET, { account: 'ann', issuer: 'Example', counter: 5 });
      expect(uri.reveal()).toMatch(/^otpauth:\/\/hotp\/Example:ann\?.*&counter=5$/);
    });

    it.each([
      { account: 'ann' },
      { account: '', issuer: 'Example' },
      { account: 'a:nn', issuer: 'Example' },
      { account: 'ann', issuer: 'Exa:mple' },
      { account: 'a\ud800', issuer: 'Example' },
      { issuer: 'Example' },
    ])('is refused for %j', async (account) => {
      await expect(totp.uri(SECRET, account as OtpauthAccount)).rejects.toThrow(TypeError);
    });
  });

  describe('a QR code', () => {
    it('reads back as the address that was drawn', async () => {
      const account = 'a.rather.long.name+tag@subdomain.example.com';
      const uri = await totp.uri(SECRET, { account, issuer: 'Größe & Söhne' });
      expect(readSvgQrCode(await totp.qrCodeSvg(uri))).toBe(uri.reveal());
      expect(readTerminalQrCode(await totp.qrCodeText(uri))).toBe(uri.reveal());
    });

    it('is an image that holds nothing but squares', async () => {
      const svg = await totp.qrCodeSvg('otpauth://totp/<script>');
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="[\d ]+">/);
      expect(svg).not.toContain('script');
    });

    it.each(['', 'x'.repeat(2049), undefined, 5])('is refused for %p', async (text) => {
      await expect(totp.qrCodeSvg(text as string)).rejects.toThrow(TypeError);
      await expect(totp.qrCodeText(text as string)).rejects.toThrow(TypeError);
    });
  });

  describe('the options', () => {
    it.each<TotpOptions>([
      { digits: 5 },
      { digits: 9 },
      { periodSeconds: 0 },
      { window: 11 },
      { issuer: 'a:b' },
      { issuer: '' },
      { algorithm: 'MD5' as 'SHA1' },
    ])('are refused at the start: %j', async (options) => {
      await expect(start(options)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    });
  });
});
