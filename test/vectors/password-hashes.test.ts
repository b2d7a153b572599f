import { PasswordService } from 'nestjs-security';
import { readStored } from '../../lib/password/stored/read-stored.js';
import { READING_RULES } from '../support/stored-formats.js';
import { startServices } from '../support/services.js';
import { readVectors } from '../support/vectors.js';

interface PeerHash {
  readonly peer: string;
  readonly scheme: string;
  readonly password: string;
  readonly encoded: string;
  /** `null` where it must be reported as unsupported. */
  readonly match: boolean | null;
  /** A secret that is not ours. */
  readonly secret?: string;
}

interface PycaVector {
  readonly passwordHex: string;
  readonly hash: string;
}

type KnownHash = readonly [password: string | { hex: string }, stored: string];

interface PasslibTable {
  readonly known_correct_hashes: readonly KnownHash[];
  readonly known_malformed_hashes?: readonly string[];
  readonly known_unidentified_hashes?: readonly string[];
}

const peers = readVectors<PeerHash[]>('passwords/peer_hashes.json');
const springs = readVectors<{ id: string; encoded: string; password: string }[]>(
  'passwords/spring_samples.json',
);
const passlib = readVectors<Record<string, PasslibTable>>('passwords/passlib_known_hashes.json');
const pyca = readVectors<Record<string, PycaVector[]>>('passwords/bcrypt_pyca_vectors.json');

/** Schemes that are recognised, and not verified: DES crypt. */
const UNSUPPORTED_TABLES = new Set(['django_des_crypt_test', 'django_disabled_test']);
const known = Object.entries(passlib)
  .filter(([table]) => !UNSUPPORTED_TABLES.has(table))
  .flatMap(([table, { known_correct_hashes: hashes }]) =>
    hashes.flatMap(([password, stored]) =>
      typeof password === 'string' ? [{ table, password, stored }] : [],
    ),
  );
const malformed = Object.values(passlib).flatMap((table) => [
  ...(table.known_malformed_hashes ?? []),
  ...(table.known_unidentified_hashes ?? []),
]);

let passwords: PasswordService;
beforeAll(async () => {
  const { module } = await startServices();
  passwords = module.get(PasswordService);
});

describe('hashes that other software made', () => {
  it.each(peers.filter(({ match, secret }) => match === true && secret === undefined))(
    'are those of their passwords alone: $peer, $scheme, $password',
    async ({ encoded, password }) => {
      expect(await passwords.verifyAndUpgrade(encoded, password)).toMatchObject({
        ok: true,
        reason: 'match',
      });
      expect(await passwords.verify(encoded, `${password}.`)).toBe(false);
    },
  );

  it.each(peers.filter(({ match, secret }) => match !== true || secret !== undefined))(
    'do not match where they cannot: $peer, $scheme',
    async ({ encoded, password, match }) => {
      const reason = match === null ? 'unsupported' : 'mismatch';
      expect(await passwords.verifyAndUpgrade(encoded, password)).toMatchObject({
        ok: false,
        reason,
      });
    },
  );

  it.each(springs.filter(({ id }) => id !== 'noop'))(
    'are verified for Spring: $id',
    async ({ encoded, password }) => {
      expect(await passwords.verify(encoded, password)).toBe(true);
      expect(await passwords.verify(encoded, `${password}.`)).toBe(false);
    },
  );

  it('are not compared as plain text: Spring {noop}', async () => {
    expect(await passwords.verifyAndUpgrade('{noop}password', 'password')).toMatchObject({
      ok: false,
      reason: 'unsupported',
    });
  });

  it.each(known.filter(({ password }) => password !== ''))(
    'are verified for passlib: $table $stored',
    async ({ password, stored }) => {
      expect(await passwords.verify(stored, password)).toBe(true);
      expect(await passwords.verify(stored, `x${password}`)).toBe(false);
    },
  );

  it.each(known.filter(({ password }) => password === ''))(
    'of the empty password match nothing: $stored',
    async ({ stored }) => {
      expect(await passwords.verify(stored, '')).toBe(false);
    },
  );

  it.each(malformed)('that passlib does not read are not read: %s', async (stored) => {
    expect(await passwords.verify(stored, 'password')).toBe(false);
    expect(passwords.isUsable(stored)).toBe(false);
  });
});

describe('the bcrypt vectors of pyca', () => {
  it.each(Object.values(pyca).flat())('give $hash', async ({ passwordHex, hash }) => {
    const bytes = Buffer.from(passwordHex, 'hex');
    const stored = readStored(hash, READING_RULES);
    if (typeof stored === 'string') throw new Error(`it is ${stored}`);
    const computed = await stored.compute({ text: bytes.toString('utf8'), bytes });
    expect(computed).toEqual(stored.digest);
    const other = Buffer.concat([Buffer.from('x'), bytes]);
    expect(await stored.compute({ text: '', bytes: other })).not.toEqual(stored.digest);
  });
});
