import { createSecretKey } from 'node:crypto';
import { hmacSha256, matchesAnyHmac } from '../../lib/hmac/hmac-sha256.js';
import { readVectors } from '../support/vectors.js';

interface Rfc4231Case {
  n: number;
  keyHex: string;
  dataHex: string;
  sha256: string;
}

interface HmacGroup {
  tagSize: number;
  tests: { tcId: number; comment: string; key: string; msg: string; tag: string; result: string }[];
}

describe('RFC 4231', () => {
  const { cases } = readVectors<{ cases: Rfc4231Case[] }>('hmac/rfc4231.json');

  it.each(cases)('case $n', ({ keyHex, dataHex, sha256 }) => {
    const key = createSecretKey(Buffer.from(keyHex, 'hex'));
    const data = Buffer.from(dataHex, 'hex');
    const expected = sha256.slice(0, 64);
    expect(hmacSha256(key, data).toString('hex').startsWith(expected)).toBe(true);
    expect(matchesAnyHmac([key], data, `p=${hmacSha256(key, data).toString('hex')}`, 'p=')).toBe(true);
  });
});

describe('Wycheproof, HMAC-SHA256', () => {
  const { testGroups } = readVectors<{ testGroups: HmacGroup[] }>('hmac/wycheproof_hmac_sha256_test.json');
  const tests = testGroups.flatMap(({ tagSize, tests: group }) => group.map((each) => ({ ...each, tagSize })));

  it.each(tests)('$tcId, $tagSize bits, $result: $comment', ({ key, msg, tag, result, tagSize }) => {
    const secret = createSecretKey(Buffer.from(key, 'hex'));
    const data = Buffer.from(msg, 'hex');
    const computed = hmacSha256(secret, data).toString('hex').slice(0, tagSize / 4);
    expect(computed === tag).toBe(result === 'valid');
    // What was cut short is no signature here, whatever it is elsewhere.
    expect(matchesAnyHmac([secret], data, tag, '')).toBe(result === 'valid' && tagSize === 256);
  });
});
