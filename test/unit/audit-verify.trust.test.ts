import fc from 'fast-check';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditError } from 'nestjs-security';
import { systemErrorCode } from '../../lib/common/system-error-code.js';
import { parseTrust } from '../../lib/audit/log/verify/trust.js';
import { trustOf } from '../../lib/audit/log/verify/trust-of.js';
import { trustText } from '../../lib/audit/log/verify/trust-text.js';
import { newKey, originOf, vkeyOf, WITNESS_NAME } from '../support/audit-log-format.js';
import { verified, withStream } from '../support/audit-verification.js';

const { publicKey } = newKey();
const STREAM = {
  stream: '0-stream00',
  epochKey: publicKey.toString('base64'),
  identity: vkeyOf(originOf('0-stream00'), publicKey),
};
const WITNESS = vkeyOf(WITNESS_NAME, publicKey, 4);

/** How a text ends that is read as a trust file: `read`, or the code of the error. */
function codeOf(text: string): string {
  try {
    parseTrust(text);
    return 'read';
  } catch (error) {
    return systemErrorCode(error);
  }
}

describe('A trust file', () => {
  it('is read as it was written', () => {
    const text = JSON.stringify({
      v: 1,
      streams: [STREAM],
      recovery: STREAM.identity,
      witnesses: [WITNESS],
    });
    const trust = parseTrust(text);
    expect(trust.streams[0]?.epochKey).toEqual(publicKey);
    expect(JSON.parse(trustText(trust))).toEqual(JSON.parse(text));
    expect(parseTrust(trustText(trust))).toEqual(trust);
  });

  it('needs neither a recovery key nor witnesses', () => {
    const trust = parseTrust(JSON.stringify({ v: 1, streams: [] }));
    expect(trust).toEqual({ streams: [], witnesses: [] });
    expect(parseTrust(trustText(trust))).toEqual(trust);
  });

  it.each([
    ['no JSON', 'streams'],
    ['no object', '[]'],
    ['no version', JSON.stringify({ streams: [] })],
    ['another version', JSON.stringify({ v: 2, streams: [] })],
    ['no streams', JSON.stringify({ v: 1 })],
    ['a field too many', JSON.stringify({ v: 1, streams: [], more: 1 })],
    ['a field too many in a stream', JSON.stringify({ v: 1, streams: [{ ...STREAM, more: 1 }] })],
    ['a stream twice', JSON.stringify({ v: 1, streams: [STREAM, STREAM] })],
    ['a stream without a name', JSON.stringify({ v: 1, streams: [{ ...STREAM, stream: '../x' }] })],
    [
      'a key of 31 bytes',
      JSON.stringify({
        v: 1,
        streams: [{ ...STREAM, epochKey: publicKey.toString('base64').slice(4) }],
      }),
    ],
    [
      'a key in base64url',
      JSON.stringify({ v: 1, streams: [{ ...STREAM, epochKey: publicKey.toString('base64url') }] }),
    ],
    [
      'the identity of another stream',
      JSON.stringify({ v: 1, streams: [{ ...STREAM, stream: '1-stream00' }] }),
    ],
    [
      'a witness that is no witness',
      JSON.stringify({ v: 1, streams: [], witnesses: [STREAM.identity] }),
    ],
    ['a recovery key that is a witness', JSON.stringify({ v: 1, streams: [], recovery: WITNESS })],
    ['more than 16 MiB', `${JSON.stringify({ v: 1, streams: [] })}${' '.repeat(2 ** 24)}`],
  ])('is refused with %s', (_, text) => {
    expect(() => parseTrust(text)).toThrow(AuditError);
    expect(() => parseTrust(text)).toThrow(
      expect.objectContaining({ code: 'AUDIT_TRUST_INVALID' }),
    );
  });

  it('is refused with its own error whatever it holds', () => {
    const json = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((value) => `{"v":1,"streams":${value}}`),
    );
    fc.assert(
      fc.property(json, (text) => {
        expect(codeOf(text)).toMatch(/^(read|AUDIT_TRUST_INVALID)$/);
      }),
    );
  });
});

describe('The trust file of a log', () => {
  it('is what the log is verified against', async () => {
    await withStream({}, async (_, log) => {
      const trust = await trustOf(log.directory);
      expect((await verified(log, { trust: parseTrust(trustText(trust)) })).status).toBe('clean');
    });
  });

  it('names a stream by its folder, too, where no key is at hand', async () => {
    await withStream({}, async (stream, log) => {
      rmSync(join(log.directory, 'keys'), { recursive: true });
      const { streams } = await trustOf(log.directory);
      expect(streams.map((each) => each.stream)).toEqual([stream.name]);
    });
  });

  it('takes the private keys from where they are', async () => {
    await withStream({}, async (stream, log) => {
      const keys = join(log.directory, '..', 'keys');
      renameSync(join(log.directory, 'keys'), keys);
      rmSync(join(log.directory, stream.name, 'identity.vkey'));
      const { streams } = await trustOf(log.directory, keys);
      expect(streams[0]?.identity.publicKey).toEqual(stream.identity.publicKey);
    });
  });

  it('is not made of a log that lacks what it needs', async () => {
    await withStream({}, async (stream, log) => {
      const path = join(log.directory, stream.name, 'identity.vkey');
      const genuine = readFileSync(path);
      writeFileSync(path, `${vkeyOf(originOf(stream.name), newKey().publicKey)}\n`);
      const code = 'AUDIT_LOG_DAMAGED';
      await expect(trustOf(log.directory)).rejects.toMatchObject({ code });
      writeFileSync(path, genuine);
      writeFileSync(join(log.directory, 'keys', `${stream.name}.identity.pem`), 'no key');
      await expect(trustOf(log.directory)).rejects.toMatchObject({ code });
      rmSync(join(log.directory, 'keys'), { recursive: true });
      mkdirSync(join(log.directory, '1-stream01'));
      await expect(trustOf(log.directory)).rejects.toMatchObject({ code });
    });
  });

  it('is not made of a log whose registered stream is gone', async () => {
    await withStream({}, async (stream, log) => {
      rmSync(join(log.directory, stream.name), { recursive: true });
      await expect(trustOf(log.directory)).rejects.toMatchObject({ code: 'AUDIT_LOG_DAMAGED' });
    });
  });
});
