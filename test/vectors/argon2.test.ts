import { PasswordService } from 'nestjs-security';
import { parseArgon2 } from '../../lib/password/stored/argon2-phc.js';
import { startServices } from '../support/services.js';
import { readVectors } from '../support/vectors.js';

interface PeerHash {
  peer: string;
  scheme: string;
  password: string;
  encoded: string;
  match: boolean;
}

interface ReferenceVector {
  encoded: string;
  password: string;
  m: number;
  t: number;
  version: 16 | 19;
  type: string;
  result: string;
}

let passwords: PasswordService;
beforeAll(async () => {
  const { module } = await startServices();
  passwords = module.get(PasswordService);
});

describe('hashes that other libraries made', () => {
  const peers = readVectors<PeerHash[]>('passwords/peer_hashes.json').filter(({ encoded }) =>
    encoded.startsWith('$argon2'),
  );

  it('include those of argon2-cffi, PHP and npm argon2', () => {
    expect(new Set(peers.map(({ peer }) => peer)).size).toBeGreaterThanOrEqual(5);
  });

  it.each(peers)('verify: $peer, $scheme', async ({ encoded, password, match, scheme }) => {
    // One row was made under a secret that is not ours, so that its own password must not match.
    expect(await passwords.verify(encoded, password)).toBe(match && !scheme.includes('secret'));
    expect(await passwords.verify(encoded, `${password}.`)).toBe(false);
  });
});

describe('the vectors of the reference implementation', () => {
  const { good, errors } = readVectors<{ good: ReferenceVector[]; errors: ReferenceVector[] }>(
    'passwords/argon2_reference_test_c.json',
  );

  it.each(good)('verify or are out of bounds: $encoded', async ({ encoded, password, m, t }) => {
    const isWithinBounds = m <= 256 * 1024 && m * t <= 1024 * 1024;
    expect(await passwords.verify(encoded, password)).toBe(isWithinBounds);
    expect(await passwords.verify(encoded, 'another')).toBe(false);
  });

  it.each(errors)('refuse $result: $encoded', async ({ encoded, password }) => {
    expect(await passwords.verify(encoded, password)).toBe(false);
  });

  it('are all read, whatever their parameters', () => {
    expect(good.map(({ encoded }) => parseArgon2(encoded) === undefined)).not.toContain(true);
  });
});
