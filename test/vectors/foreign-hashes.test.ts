import { isKnownButUnsupported } from '../../lib/password/stored/unsupported.js';
import { readForeign, verifyForeign } from '../support/stored-formats.js';
import { readVectors } from '../support/vectors.js';

interface PeerRow {
  peer: string;
  scheme: string;
  password: string;
  encoded: string;
}

type FrameworkRow = Omit<PeerRow, 'scheme'>;

interface PasslibTable {
  known_correct_hashes: [password: string | { hex: string }, stored: string][];
  known_malformed_hashes?: string[];
}

const peers = readVectors<PeerRow[]>('passwords/peer_hashes.json');
const spring = readVectors<{ id: string; password: string; encoded: string }[]>(
  'passwords/spring_samples.json',
);
const passlib = readVectors<Record<string, PasslibTable>>('passwords/passlib_known_hashes.json');

/** The tables of layouts that are read here; the others are native, or not verified. */
const PASSLIB_TABLES = [
  'django_salted_md5_test',
  'django_salted_sha1_test',
  'django_pbkdf2_sha256_test',
  'django_pbkdf2_sha1_test',
  'django_bcrypt_test',
  'atlassian_pbkdf2_sha1_test',
  'cta_pbkdf2_sha1_test',
  'dlitz_pbkdf2_sha1_test',
  'grub_pbkdf2_sha512_test',
  'ldap_salted_md5_test',
  'ldap_salted_sha1_test',
  'ldap_salted_sha256_test',
  'ldap_salted_sha512_test',
  'phpass_test',
];

describe('Hashes that other software made', () => {
  const mine = peers.filter(({ encoded }) => readForeign(encoded) !== 'unclaimed');

  it('are those of every layout', () => {
    expect(new Set(mine.map(({ encoded }) => formatOf(encoded)))).toEqual(
      new Set([
        ...['phpass', 'unix-crypt', 'django', 'werkzeug', 'aspnet-identity'],
        ...['spring', 'better-auth', 'wordpress'],
      ]),
    );
    expect(mine).toHaveLength(26);
  });

  it.each(mine)('verify: $scheme of $peer, "$password"', async ({ encoded, password }) => {
    expect(await verifyForeign(encoded, password)).toBe(true);
    expect(await verifyForeign(encoded, `${password}x`)).toBe(false);
  });

  it('are recognised when their scheme is not verified', () => {
    const [yescrypt] = peers.filter(({ scheme }) => scheme.startsWith('yescrypt'));
    expect(readForeign(yescrypt?.encoded ?? '')).toBe('unclaimed');
    expect(isKnownButUnsupported(yescrypt?.encoded ?? '')).toBe(true);
  });
});

describe('Hashes that the tests of frameworks verify', () => {
  const rows = readVectors<FrameworkRow[]>('passwords/framework_tests.json');

  it.each(rows)('verify: $peer', async ({ encoded, password }) => {
    expect(await verifyForeign(encoded, password)).toBe(true);
    expect(await verifyForeign(encoded, `${password}x`)).toBe(false);
  });
});

describe('The samples of the Spring documentation', () => {
  it.each(spring.filter(({ id }) => id !== 'noop'))('verify: $id', async (sample) => {
    expect(await verifyForeign(sample.encoded, sample.password)).toBe(true);
    expect(await verifyForeign(sample.encoded, `${sample.password}x`)).toBe(false);
  });

  it('in plain text are never compared', () => {
    const { encoded = '' } = spring.find(({ id }) => id === 'noop') ?? {};
    expect(readForeign(encoded)).toBe('unclaimed');
    expect(isKnownButUnsupported(encoded)).toBe(true);
  });
});

describe("Drepper's test vectors of sha-crypt", () => {
  const rows = readVectors<[password: string, stored: string][]>(
    'passwords/drepper_sha_crypt.json',
  );

  it.each(rows)('verify: "%s"', async (password, stored) => {
    expect(await verifyForeign(stored, password)).toBe(true);
    expect(await verifyForeign(stored, password.slice(1))).toBe(false);
  });
});

describe.each(PASSLIB_TABLES)("passlib's %s", (table) => {
  const { known_correct_hashes: correct, known_malformed_hashes: malformed = [] } = passlib[
    table
  ] ?? { known_correct_hashes: [] };

  it('verifies', async () => {
    expect(correct.length).toBeGreaterThan(0);
    for (const [password, stored] of correct) {
      const text = typeof password === 'string' ? password : '';
      expect([stored, await verifyForeign(stored, text)]).toEqual([stored, true]);
      expect([stored, await verifyForeign(stored, `${text}x`)]).toEqual([stored, false]);
    }
  });

  it('is refused when malformed', () => {
    for (const stored of malformed) expect([stored, readForeign(stored)]).toEqual([stored, 'malformed']);
  });
});

it("passlib's Django hashes of DES crypt are recognised and not verified", () => {
  for (const [, stored] of passlib['django_des_crypt_test']?.known_correct_hashes ?? []) {
    expect([readForeign(stored), isKnownButUnsupported(stored)]).toEqual(['unclaimed', true]);
  }
});

function formatOf(stored: string): string {
  const hash = readForeign(stored);
  return typeof hash === 'string' ? hash : hash.format;
}
