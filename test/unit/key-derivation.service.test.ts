import type { KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { KeyDerivationService, Secret, type DeriveOptions } from 'nestjs-security';
import { cheap, keyDerivation, PASSPHRASE, refusalOf, SALT } from '../support/key-derivation.js';
import { startServices } from '../support/services.js';

const bytesOf = ({ key }: { key: KeyObject }): string => key.export().toString('hex');

describe('KeyDerivationService', () => {
  it('is provided by the module', async () => {
    const { module } = await startServices();
    expect(module.get(KeyDerivationService)).toBeInstanceOf(KeyDerivationService);
  });

  it('derives 32 bytes with scrypt, N=2^17, r=8, p=1 under a fresh salt of 16 bytes by default', async () => {
    const first = await keyDerivation.derive(PASSPHRASE);
    const second = await keyDerivation.derive(PASSPHRASE);
    expect(first.encoded).toMatch(/^\$scrypt\$ln=17,r=8,p=1,l=32\$[A-Za-z0-9+/]{22}$/);
    expect(first.salt).toHaveLength(16);
    expect(first.key.symmetricKeySize).toBe(32);
    expect(second.salt).not.toEqual(first.salt);
    expect(bytesOf(second)).not.toBe(bytesOf(first));
  });

  it.each([
    ['pbkdf2-sha256', '$pbkdf2-sha256$i=600000,l=32$'],
    ['pbkdf2-sha512', '$pbkdf2-sha512$i=210000,l=32$'],
    ['argon2id', '$argon2id$v=19$m=65536,t=3,p=4,l=32$'],
  ] as const)('has the documented defaults for %s', async (algorithm, head) => {
    const { encoded, key } = await keyDerivation.derive(PASSPHRASE, { algorithm });
    expect(encoded.slice(0, head.length)).toBe(head);
    expect(key.symmetricKeySize).toBe(32);
  });

  it.each<DeriveOptions>([
    { params: { N: 16, r: 2, p: 3 }, length: 1 },
    { algorithm: 'pbkdf2-sha256', params: { iterations: 3 }, length: 1024 },
    { algorithm: 'pbkdf2-sha512', params: { iterations: 1 }, length: 65 },
    { algorithm: 'argon2id', params: { memoryKiB: 64, timeCost: 1, parallelism: 2 }, length: 4 },
  ])('gives the same key again from what is kept: %j', async (options) => {
    const derived = await keyDerivation.derive(PASSPHRASE, options);
    const again = await keyDerivation.fromEncoded(PASSPHRASE, derived.encoded);
    expect([bytesOf(again), again.salt, again.encoded]).toEqual([
      bytesOf(derived),
      derived.salt,
      derived.encoded,
    ]);
    expect(await keyDerivation.verify(PASSPHRASE, derived)).toBe(true);
    const { key, salt } = derived;
    expect(await keyDerivation.verify(PASSPHRASE, { ...options, key, salt })).toBe(true);
    expect(await keyDerivation.verify(`${PASSPHRASE}.`, derived)).toBe(false);
  });

  it('lets the event loop turn while it works', async () => {
    const happened: string[] = [];
    const work = [
      keyDerivation.derive(PASSPHRASE),
      keyDerivation.derive(PASSPHRASE, { algorithm: 'pbkdf2-sha256' }),
      keyDerivation.derive(PASSPHRASE, { algorithm: 'argon2id' }),
      keyDerivation.hkdf(SALT),
    ].map(async (each) => {
      await each;
      happened.push('derived');
    });
    await new Promise((resolve) => setImmediate(resolve));
    happened.push('turned');
    await Promise.all(work);
    expect(happened.filter((each) => each === 'derived')).toHaveLength(4);
    expect(happened.indexOf('turned')).toBeLessThan(3);
  });

  it('never shows a key or a passphrase in what it gives', async () => {
    const derived = await keyDerivation.derive(PASSPHRASE, cheap);
    const fernet = await keyDerivation.fernetKeyFromPassphrase(PASSPHRASE, cheap);
    const shown = inspect([derived, fernet], { depth: 9 }) + JSON.stringify([derived, fernet]);
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      expect(shown).not.toContain(derived.key.export().toString(encoding));
    }
    expect(shown).not.toContain(fernet.key.reveal());
    expect(shown).not.toContain(PASSPHRASE);
  });

  it('is not disturbed when the caller overwrites passphrase and salt at once', async () => {
    const [passphrase, salt] = [Buffer.from(PASSPHRASE), Buffer.from(SALT)];
    const work = keyDerivation.derive(passphrase, { ...cheap, salt });
    passphrase.fill(0);
    salt.fill(0);
    expect(bytesOf(await work)).toBe(bytesOf(await keyDerivation.derive(PASSPHRASE, cheap)));
    expect((await work).salt).toEqual(SALT);
  });
});

describe('a passphrase', () => {
  const key = async (passphrase: string | Uint8Array | Secret): Promise<string> =>
    bytesOf(await keyDerivation.derive(passphrase, cheap));

  it('of text is UTF-8 of its NFC', async () => {
    expect(await key('pa\u0302te')).toBe(await key('p\u00e2te'));
    expect(await key('p\u00e2te')).toBe(await key(Buffer.from('p\u00e2te')));
  });

  it('of bytes is used as it is', async () => {
    expect(await key(Buffer.from('pa\u0302te'))).not.toBe(await key('pa\u0302te'));
    expect(await key(Buffer.from([0xff]))).not.toBe(await key(Buffer.from([0xfe])));
  });

  it('is to scrypt what it is without zero bytes at its end, since HMAC pads with them', async () => {
    expect(await key(Buffer.from([0xff, 0]))).toBe(await key(Buffer.from([0xff])));
  });

  it('may be a Secret', async () => {
    expect(await key(Secret.of(PASSPHRASE))).toBe(await key(PASSPHRASE));
    const secret = Secret.of(Buffer.from(PASSPHRASE));
    expect(bytesOf(await keyDerivation.derive(secret, cheap))).toBe(await key(PASSPHRASE));
  });

  it.each<[string, string | Uint8Array]>([
    ['empty', ''],
    ['no bytes', new Uint8Array()],
    ['longer than 4096 bytes', 'é'.repeat(2049)],
    ['more than 4096 bytes', Buffer.alloc(4097)],
    ['a lone surrogate', 'a\ud800'],
  ])('is refused when it is %s, and verifies as false', async (_, passphrase) => {
    expect(await refusalOf(keyDerivation.derive(passphrase, cheap))).toBe(
      'KDF_PASSPHRASE_UNUSABLE',
    );
    expect(await refusalOf(keyDerivation.derive(Secret.of(passphrase), cheap))).toBe(
      'KDF_PASSPHRASE_UNUSABLE',
    );
    const derived = await keyDerivation.derive(PASSPHRASE, cheap);
    expect(await refusalOf(keyDerivation.fromEncoded(passphrase, derived.encoded))).toBe(
      'KDF_PASSPHRASE_UNUSABLE',
    );
    expect(await keyDerivation.verify(passphrase, derived)).toBe(false);
  });

  it('of 4096 bytes is taken', async () => {
    expect(await key('é'.repeat(2048))).toHaveLength(64);
  });

  it.each([null, undefined, 7, {}, ['a'], Secret.of(7)])(
    'that is %p is a TypeError',
    async (given) => {
      const passphrase = given as string;
      const derived = await keyDerivation.derive(PASSPHRASE, cheap);
      await expect(keyDerivation.derive(passphrase, cheap)).rejects.toThrow(TypeError);
      await expect(keyDerivation.verify(passphrase, derived)).rejects.toThrow(TypeError);
      await expect(keyDerivation.fromEncoded(passphrase, derived.encoded)).rejects.toThrow(
        TypeError,
      );
    },
  );
});

describe('fernetKeyFromPassphrase', () => {
  it('gives 32 bytes of padded base64url, and the same again', async () => {
    const made = await keyDerivation.fernetKeyFromPassphrase(PASSPHRASE, { params: { N: 16 } });
    expect(made.key.reveal()).toMatch(/^[A-Za-z0-9_-]{43}=$/);
    const { encoded, salt } = made;
    const again = await keyDerivation.fernetKeyFromPassphrase(PASSPHRASE, { encoded });
    expect(again.key.reveal()).toBe(made.key.reveal());
    const same = await keyDerivation.derive(PASSPHRASE, { params: { N: 16 }, salt });
    expect(made.key.reveal()).toBe(`${same.key.export().toString('base64url')}=`);
  });

  it('gives a key with which EncryptionService starts', async () => {
    const { key } = await keyDerivation.fernetKeyFromPassphrase(PASSPHRASE, cheap);
    await expect(startServices({ encryption: { keys: [key] } })).resolves.toBeDefined();
  });

  it('refuses the encoded text of a key of another length', async () => {
    const { encoded } = await keyDerivation.derive(PASSPHRASE, { ...cheap, length: 64 });
    expect(await refusalOf(keyDerivation.fernetKeyFromPassphrase(PASSPHRASE, { encoded }))).toBe(
      'KDF_LENGTH_INVALID',
    );
  });

  it('always makes 32 bytes', async () => {
    const options = { ...cheap, length: 16 };
    const { encoded } = await keyDerivation.fernetKeyFromPassphrase(PASSPHRASE, options);
    expect(encoded).toContain('l=32');
  });
});

describe('a misspelt option', () => {
  const service = new KeyDerivationService();

  it('is refused instead of giving another key than was meant', async () => {
    await expect(
      service.derive('passphrase', { algoritm: 'pbkdf2-sha256' } as object),
    ).rejects.toThrow('derive has no option "algoritm". Did you mean "algorithm"?');
    await expect(service.hkdf(Buffer.alloc(32, 1), { inof: 'tenant 7' } as object)).rejects.toThrow(
      'hkdf has no option "inof". Did you mean "info"?',
    );
  });
});
