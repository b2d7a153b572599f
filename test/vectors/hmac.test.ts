import { createSecretKey } from 'node:crypto';
import { hmacSha256, matchesAnyHmac } from '../../lib/hmac/hmac-sha256.js';
import { readVectors } from '../support/vectors.js';

interface Rfc4231Case {
  n: number;
  keyHex: string;
  dataHex: string;
  sha256: string;
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
