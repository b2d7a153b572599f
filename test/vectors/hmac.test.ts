import { createSecretKey } from 'node:crypto';
import { hmacSha256, matchesAnyHmac } from '../../lib/hmac/hmac-sha256.js';
import { startMac } from '../../lib/hmac/mac/compute-mac.js';
import { problemOfSignature } from '../../lib/hmac/mac/verify-mac.js';
import { readVectors } from '../support/vectors.js';

const HASHES = ['sha256', 'sha384', 'sha512'] as const;

interface Rfc4231Case extends Readonly<Record<(typeof HASHES)[number], string>> {
  readonly n: number;
  readonly keyHex: string;
  readonly dataHex: string;
}

interface HmacTest {
  readonly tcId: number;
  readonly comment: string;
  readonly key: string;
  readonly msg: string;
  readonly tag: string;
  readonly tagSize: number;
  readonly result: string;
}

interface HmacGroup {
  readonly tagSize: number;
  readonly tests: Omit<HmacTest, 'tagSize'>[];
}

describe('RFC 4231', () => {
  const { cases } = readVectors<{ cases: Rfc4231Case[] }>('hmac/rfc4231.json');
  const rows = cases.flatMap((each) => HASHES.map((hash) => ({ ...each, hash })));

  it.each(rows)('case $n, $hash', ({ keyHex, dataHex, hash, ...digests }) => {
    const key = createSecretKey(Buffer.from(keyHex, 'hex'));
    const data = Buffer.from(dataHex, 'hex');
    const digits = startMac(hash, key, data).digest('hex');
    // One case was cut short to show truncation.
    expect(digits.startsWith(digests[hash])).toBe(true);
    const format = { algorithm: hash, encoding: 'hex', prefix: 'p=' } as const;
    expect(problemOfSignature([key], data, `p=${digits}`, format)).toBeUndefined();
  });
});

describe('Wycheproof', () => {
  const { testGroups } = readVectors<{ testGroups: HmacGroup[] }>(
    'hmac/wycheproof_hmac_sha256_test.json',
  );
  const sha256 = testGroups.flatMap(({ tagSize, tests }) =>
    tests.map((each) => ({ ...each, tagSize })),
  );
  const { tests: sha1 } = readVectors<{ tests: HmacTest[] }>('hmac/wycheproof-hmac-sha1.json');

  it.each(sha256)(
    'HMAC-SHA256 $tcId, $tagSize bits, $result: $comment',
    ({ key, msg, tag, result, tagSize }) => {
      const secret = createSecretKey(Buffer.from(key, 'hex'));
      const data = Buffer.from(msg, 'hex');
      const computed = hmacSha256(secret, data)
        .toString('hex')
        .slice(0, tagSize / 4);
      expect(computed === tag).toBe(result === 'valid');
      // What was cut short is no signature here, whatever it is elsewhere.
      expect(matchesAnyHmac([secret], data, tag, '')).toBe(result === 'valid' && tagSize === 256);
    },
  );

  it.each(sha1)(
    'HMAC-SHA1 $tcId, $tagSize bits, $result: $comment',
    ({ key, msg, tag, result, tagSize }) => {
      const data = Buffer.from(msg, 'hex');
      const format = { algorithm: 'sha1', encoding: 'hex', prefix: '' } as const;
      const problem = problemOfSignature([Buffer.from(key, 'hex')], data, tag, format);
      expect(problem === undefined).toBe(result === 'valid' && tagSize === 160);
    },
  );
});
