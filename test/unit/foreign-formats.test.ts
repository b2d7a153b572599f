import fc from 'fast-check';
import { isKnownButUnsupported } from '../../lib/password/stored/unsupported.js';
import { READING_RULES, readForeign, verifyForeign } from '../support/stored-formats.js';

const HEX_128 = 'ab'.repeat(64);
const BCRYPT = '$2b$04$JmWkl1pMaGpVwFdKizxRxOzM.KlEnlmdylWT7EqzLzeEEkEqYsVsO';
const ARGON2 = '$argon2id$v=19$m=64,t=1,p=1$c2Vhc2FsdDJzZWFzYWx0Mg$xQUTb1TyRYCsqr/7qXm7Rw';
const SHA1_BASE64 = '8aU6MJDOEHTRlgRi215tulY9D64=';
const SHA256_BASE64 = 'HxW+eAE4Z5nCg4As6aRIfM8T9wVOGq2iMnwcyUlSm6o=';
const SHA512_BASE64 = Buffer.alloc(64, 7).toString('base64');
const SALT_BASE64 = 'MDEyMzQ1Njc4OWFiY2RlZg==';
const SHA512_CRYPT_DIGEST =
  'Sdqo8sCyHzMEeoAxMMB3PcuTcwDjBVIsy/lOkuYYPwKU/UTRyIrhYcH4lJnBW2PcvbuJNrqjOnuxgn8Gf0mvL.';
const aspNet = (prf: number, iterations: number, saltBytes: number, rest = 48): string => {
  const bytes = Buffer.alloc(13 + rest, 7);
  bytes[0] = 1;
  [prf, iterations, saltBytes].forEach((value, index) => bytes.writeUInt32BE(value, 1 + 4 * index));
  return bytes.toString('base64');
};

/** One good text of every layout. */
const GOOD = {
  'Django PBKDF2-SHA256': `pbkdf2_sha256$1000$seasalt$${SHA256_BASE64}`,
  'Django PBKDF2-SHA1': `pbkdf2_sha1$1000$seasalt$${SHA1_BASE64}`,
  'Django Argon2': `argon2${ARGON2}`,
  'Django bcrypt': `bcrypt$${BCRYPT}`,
  'Django bcrypt-SHA256': `bcrypt_sha256$${BCRYPT}`,
  'Django scrypt': `scrypt$1024$seasalt$8$1$${SHA512_BASE64}`,
  'Django MD5': `md5$seasalt$${'ab'.repeat(16)}`,
  'Django SHA-1': `sha1$seasalt$${'ab'.repeat(20)}`,
  'Werkzeug PBKDF2': `pbkdf2:sha256:1000$seasalt$${'ab'.repeat(32)}`,
  'Werkzeug scrypt': `scrypt:1024:8:1$seasalt$${HEX_128}`,
  'Werkzeug HMAC': `sha256$seasalt$${'ab'.repeat(32)}`,
  'Spring bcrypt': `{bcrypt}${BCRYPT}`,
  'Spring Argon2': `{argon2@SpringSecurity_v5_8}${ARGON2}`,
  'Spring PBKDF2 5.5': `{pbkdf2@SpringSecurity_v5_5}${'ab'.repeat(40)}`,
  'Spring PBKDF2 5.8': `{pbkdf2@SpringSecurity_v5_8}${'ab'.repeat(48)}`,
  'Spring scrypt': `{scrypt}$a0801$${SALT_BASE64}$${SHA256_BASE64}`,
  'Spring SHA-256': `{sha256}${'ab'.repeat(40)}`,
  WordPress: `$wp${BCRYPT.replace('2b', '2y')}`,
  phpass: '$P$6PHzlOcKaLJOaPYLXOXrNgXONervtG/',
  'sha-crypt': `$6$rounds=1000$O7kdt16JTBgCpGZ9$${SHA512_CRYPT_DIGEST}`,
  'ASP.NET Identity': aspNet(1, 1000, 16),
  'Adonis bcrypt': '$bcrypt$v=98$r=10$Jtxi46WJ26OQ0khsYLLlnw$knXGfuRFsSjXdj88JydPOnUIglvm1S8',
  'Adonis scrypt': `$scrypt$n=1024,r=8,p=1$c2Vhc2FsdDI$${SHA512_BASE64.replace('==', '')}`,
  'better-auth': `${'30'.repeat(16)}:${HEX_128}`,
  Lucia: `s2:abcdefghij012345:${HEX_128}`,
  Atlassian: `{PKCS5S2}${Buffer.alloc(48, 7).toString('base64')}`,
  'p5k2 of cta': '$p5k2$1000$ZxK4ZBJCfQg=$jJZVscWtO--p1-xIZl6jhO2LKR0=',
  'p5k2 of dlitz': '$p5k2$3e8$H0NX9mT/$wk/sE8vv6OMKuMaqazCJYDSUhWY9YB2J',
  GRUB: `grub.pbkdf2.sha512.1000.${'AB'.repeat(64)}.${'AB'.repeat(64)}`,
  'LDAP SSHA': '{SSHA}0c0blFTXXNuAMHECS4uxrj3ZieMoWImr',
  wrapped: `$wrapped$v=1,digest=md5,salt=c2VhDQ,at=after${ARGON2}`,
} as const;
const layouts = Object.entries(GOOD);

/** What a text would be with one part replaced. */
const changed = (layout: keyof typeof GOOD, part: string, by: string): string =>
  GOOD[layout].replace(part, by);

describe.each(layouts)('A stored hash of %s', (_, good) => {
  it('is read', () => {
    expect(typeof readForeign(good)).toBe('object');
  });

  it('is refused with anything before or behind it, and when it is cut', () => {
    for (const bad of ['\n', '\r\n', '\0', ' ', '$', '=', 'x'].map((junk) => good + junk))
      expect([bad, readForeign(bad)]).toEqual([bad, 'malformed']);
    expect(readForeign(` ${good}`)).toBe('unclaimed');
    const bad = good.slice(0, -1);
    expect([bad, readForeign(bad)]).toEqual([bad, 'malformed']);
  });

  it('is refused with a letter that only looks like one of its own', () => {
    for (const bad of [
      `${good.slice(0, -2)}Ł${good.slice(-1)}`,
      `${good.slice(0, -2)}!${good.slice(-1)}`,
    ])
      expect([bad, readForeign(bad)]).toEqual([bad, 'malformed']);
  });

  it('names its cost and its sizes', () => {
    const hash = readForeign(good);
    if (typeof hash === 'string') throw new Error(hash);
    expect(Object.values(hash.parameters).every((value) => value >= 1)).toBe(true);
    expect(hash.saltBytes).toBeGreaterThanOrEqual(4);
    expect(hash.digest.length).toBeGreaterThanOrEqual(16);
    expect(hash.memoryKiB).toBeGreaterThanOrEqual(1);
    expect(hash.isCanonical).toBe(true);
  });
});

describe('The figure of a stored hash', () => {
  const places: [layout: keyof typeof GOOD, before: string, good: string, after: string][] = [
    ['Django PBKDF2-SHA256', 'pbkdf2_sha256$', '1000', '$'],
    ['Django scrypt', 'scrypt$', '1024', '$'],
    ['Django scrypt', 'seasalt$', '8', '$'],
    ['Django scrypt', 'seasalt$8$', '1', '$'],
    ['Werkzeug PBKDF2', 'sha256:', '1000', '$'],
    ['Werkzeug scrypt', 'scrypt:', '1024', ':'],
    ['Werkzeug scrypt', ':1024:', '8', ':'],
    ['Werkzeug scrypt', ':8:', '1', '$'],
    ['Adonis bcrypt', 'r=', '10', '$'],
    ['Adonis scrypt', 'n=', '1024', ','],
    ['Adonis scrypt', 'r=', '8', ','],
    ['Adonis scrypt', 'p=', '1', '$'],
    ['GRUB', 'sha512.', '1000', '.'],
    ['sha-crypt', 'rounds=', '1000', '$'],
  ];

  it.each(places)('of %s after "%s" is a plain decimal', (layout, before, good, after) => {
    for (const figure of [
      '0',
      `0${good}`,
      `+${good}`,
      `-${good}`,
      `${good}.0`,
      '1e3',
      '0x10',
      '',
      ' 1',
    ]) {
      const bad = changed(layout, before + good + after, before + figure + after);
      expect([bad, readForeign(bad)]).toEqual([bad, 'malformed']);
    }
  });

  it.each<[layout: keyof typeof GOOD, part: string, by: string]>([
    ['Django scrypt', '$1024$', '$1000$'],
    ['Django scrypt', '$1024$', '$1$'],
    ['Django scrypt', '$1024$seasalt$8$', '$65536$seasalt$1$'],
    ['Werkzeug scrypt', ':1024:', ':1023:'],
    ['Adonis scrypt', 'n=1024', 'n=1025'],
    ['Adonis bcrypt', 'r=10', 'r=3'],
    ['Adonis bcrypt', 'r=10', 'r=32'],
    ['Adonis bcrypt', 'v=98', 'v=99'],
    ['Spring scrypt', '$a0801$', '$a0800$'],
    ['Spring scrypt', '$a0801$', '$a0001$'],
    ['Spring scrypt', '$a0801$', '$0a0801$'],
    ['Spring scrypt', '$a0801$', '$801$'],
    ['Spring scrypt', '$a0801$', '$A0801$'],
    ['Spring scrypt', '$a0801$', '$100000801$'],
    ['p5k2 of dlitz', '$3e8$', '$03e8$'],
    ['p5k2 of dlitz', '$3e8$', '$190$'],
    ['p5k2 of dlitz', '$3e8$', '$3E8$'],
    ['p5k2 of cta', '$1000$', '$0$'],
    ['sha-crypt', 'rounds=1000', 'rounds=999'],
    ['phpass', '$P$6', '$P$4'],
    ['phpass', '$P$6', '$P$T'],
  ])('of %s is refused when %s is %s', (layout, part, by) => {
    expect(readForeign(changed(layout, part, by))).toBe('malformed');
  });

  it.each<[layout: keyof typeof GOOD, part: string, by: string]>([
    ['Django PBKDF2-SHA256', '$1000$', '$5000001$'],
    ['Django PBKDF2-SHA1', '$1000$', '$1000000000$'],
    ['Django scrypt', '$1024$', '$1048576$'],
    ['Django scrypt', '$8$1$', '$8$17$'],
    ['Django scrypt', '$1024$seasalt$8$', '$2$seasalt$9999999$'],
    ['Django Argon2', 'm=64', 'm=4194304'],
    ['Django bcrypt', '$04$', '$31$'],
    ['Werkzeug PBKDF2', ':1000$', ':4294967296$'],
    ['Werkzeug scrypt', ':1024:8:', ':1073741824:8:'],
    ['Spring bcrypt', '$04$', '$16$'],
    ['Spring scrypt', '$a0801$', '$1f0801$'],
    ['WordPress', '$04$', '$16$'],
    ['Adonis bcrypt', 'r=10', 'r=16'],
    ['Adonis scrypt', 'n=1024', 'n=2147483648'],
    ['GRUB', '.1000.', '.5000001.'],
    ['p5k2 of cta', '$1000$', '$ffffffff$'],
    ['p5k2 of dlitz', '$3e8$', '$ffffff$'],
    ['sha-crypt', 'rounds=1000', 'rounds=1000001'],
    ['phpass', '$P$6', '$P$J'],
    ['wrapped', 't=1', 't=4000000000'],
  ])('of %s is out of bounds when %s is %s', (layout, part, by) => {
    expect(readForeign(changed(layout, part, by))).toBe('out-of-bounds');
  });

  it('counts the iterations of PBKDF2 once for every block of the digest', () => {
    const long = (bytes: number) =>
      `grub.pbkdf2.sha512.3000000.${'AB'.repeat(8)}.${'AB'.repeat(bytes)}`;
    expect(readForeign(long(65))).toBe('out-of-bounds');
    expect(readForeign(long(64))).toMatchObject({ parameters: { iterations: 3_000_000 } });
  });

  it('may be as large as the ceilings that are given', () => {
    const ceilings = { ...READING_RULES, pbkdf2Iterations: 999, bcryptCost: 3 };
    expect(readForeign(GOOD['Django PBKDF2-SHA256'], ceilings)).toBe('out-of-bounds');
    expect(readForeign(GOOD['Spring bcrypt'], ceilings)).toBe('out-of-bounds');
    expect(readForeign(GOOD['Spring PBKDF2 5.5'], ceilings)).toBe('out-of-bounds');
  });
});

describe('The figures of ASP.NET Identity', () => {
  it.each([
    ['no iterations', aspNet(1, 0, 16)],
    ['a short salt', aspNet(1, 1000, 15)],
    ['a short digest', aspNet(1, 1000, 33)],
    ['a salt that is longer than the text', aspNet(1, 1000, 0xffffffff)],
    ['no salt and no digest', aspNet(1, 1000, 16, 0)],
    ['an unknown hash', `AQAAAAM${aspNet(1, 1000, 16).slice(7)}`],
  ])('are refused for %s', (_, stored) => {
    expect(['malformed', 'unclaimed']).toContain(readForeign(stored));
  });

  it('are bounded', () => {
    expect(readForeign(aspNet(2, 0xffffffff, 16))).toBe('out-of-bounds');
  });
});

describe('A digest', () => {
  it.each<[what: string, stored: string]>([
    ['in capitals', `md5$seasalt$${'AB'.repeat(16)}`],
    ['with an odd number of digits', `sha1$seasalt$${'ab'.repeat(20)}a`],
    ['of another length', `pbkdf2:sha1:1000$seasalt$${'ab'.repeat(32)}`],
    ['of no bytes', 'pbkdf2:sha1:1000$seasalt$'],
    ['without padding', `pbkdf2_sha1$1000$seasalt$${SHA1_BASE64.slice(0, -1)}`],
    ['with spare bits', `pbkdf2_sha1$1000$seasalt$${SHA1_BASE64.replace('64=', '65=')}`],
    ['in base64url', `pbkdf2_sha256$1000$seasalt$${SHA256_BASE64.replace('+', '-')}`],
    ['with spare bits, in sha-crypt', `$6$salt$${SHA512_CRYPT_DIGEST.slice(0, -1)}z`],
    ['of SHA-256 under the number of SHA-512', `$6$salt$${SHA512_CRYPT_DIGEST.slice(0, 43)}`],
    ['of no salt, in Werkzeug', `pbkdf2:sha1:1000$$${'ab'.repeat(20)}`],
    ['beside a salt with a space', `md5$sea salt$${'ab'.repeat(16)}`],
  ])('%s is refused', (_, stored) => {
    expect(readForeign(stored)).toBe('malformed');
  });

  it.each([`md5$$${'ab'.repeat(16)}`, `sha1$$${'ab'.repeat(20)}`])(
    'without a salt is not verified: %s',
    (stored) => {
      expect(readForeign(stored)).toBe('unsupported');
    },
  );
});

describe('A hash of a scheme that is not verified', () => {
  it.each([
    '$y$j75$5guQM3GV/rtgN22L5.NRV1$gwMZYk.nXcXbeDQDaMIjc9su16N4qyco78ognequ57A',
    '$7$C6..../....SodiumChloride$kBGj9fHznVYFQMEn/qDCfrDevf9YDtcDdKvEqHJLV8D',
    '$1$salt$qJH7.N4xYta3aEG/dfqo/0',
    '$2$04$JmWkl1pMaGpVwFdKizxRxOzM.KlEnlmdylWT7EqzLzeEEkEqYsVsO',
    '$2x$04$JmWkl1pMaGpVwFdKizxRxOzM.KlEnlmdylWT7EqzLzeEEkEqYsVsO',
    '$sha1$1$$a',
    '$md5,rounds=904$salt$$digest',
    '{noop}password',
    '{MD5}ICy5YqxZB1uWSwcVLSNLcA==',
    '{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=',
    '{CRYPT}$6$salt$digest',
    '{pbkdf2@SpringSecurity_v9}00',
    'crypt$sa$saykDgk3BPZ9E',
    '5f4dcc3b5aa765d61d8327deb882cf99',
  ])('is recognised: %s', (stored) => {
    expect(readForeign(stored)).toBe('unclaimed');
    expect(isKnownButUnsupported(stored)).toBe(true);
  });

  it.each(['', 'password', '$', '$$', '$ $', '{}x', '{', '5f4dcc3b', 'md5', 'x$y$z'])(
    'is not seen in other text: "%s"',
    (stored) => {
      expect(readForeign(stored)).toBe('unclaimed');
      expect(isKnownButUnsupported(stored)).toBe(false);
    },
  );
});

describe('Reading a stored hash', () => {
  const alphabet = '$:{}=,.!@_/+-0123456789abcdefghijklmnopqrstuvwxyzABC\0\n ł'.split('');
  const beginnings = layouts.map(([, good]) => good);

  it('never throws, and at most one layout claims a text', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 200 }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...beginnings), fc.nat(120), text, (good, kept, junk) => {
        readForeign(good.slice(0, kept) + junk);
        readForeign(good.slice(0, kept) + junk + good.slice(kept + 1));
        isKnownButUnsupported(junk);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives whole figures, a salt and a digest that is long enough, or a reason', () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...alphabet, '')), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(fc.constantFrom(...beginnings), edits, (good, list) => {
        const text = list.reduce((before, [place, by]) => {
          const at = place % before.length;
          return before.slice(0, at) + by + before.slice(at + 1);
        }, good);
        const hash = readForeign(text);
        if (typeof hash === 'string') return;
        const figures = [...Object.values(hash.parameters), hash.memoryKiB];
        expect(figures.every((figure) => Number.isSafeInteger(figure) && figure >= 1)).toBe(true);
        expect(hash.digest.length).toBeGreaterThanOrEqual(16);
        expect(hash.memoryKiB).toBeLessThanOrEqual(2 * READING_RULES.scryptMemoryKiB);
      }),
      { numRuns: 5000 },
    );
  });

  it('takes no more than a moment for the longest hostile text', () => {
    const fillers = ['$', 'a', '0', '=', ',', '{', ':', 'A=', '$a', ' ', '\0'];
    const texts = beginnings.flatMap((good) =>
      fillers.flatMap((filler) =>
        [4, 12, 24, 40].map((kept) => (good.slice(0, kept) + filler.repeat(1024)).slice(0, 1024)),
      ),
    );
    const start = performance.now();
    for (const text of texts) {
      readForeign(text);
      isKnownButUnsupported(text);
    }
    expect((performance.now() - start) / texts.length).toBeLessThan(0.5);
  });
});

describe('What a password is made into before it is hashed', () => {
  const wordpress = '$wp$2y$04$1BDzoucvpn/tdrqvv0V84OC9s0TQLXgwwY59Ejk.IzZOEr.ZuJ6.y';

  it('is cut free of white space for WordPress, and only at its ends', async () => {
    expect(await verifyForeign(wordpress, ' \t\r\n\0\x0Bp\n ')).toBe(true);
    expect(await verifyForeign(wordpress, '\u{a0}p')).toBe(false);
    expect(await verifyForeign(wordpress, '  ')).toBe(false);
  });

  it('is the whole of a long one for a pre-hashed bcrypt, and 72 bytes for a plain one', () => {
    const long = { text: 'x'.repeat(73), bytes: Buffer.alloc(73, 'x') };
    const cut = (stored: string) => {
      const hash = readForeign(stored);
      return typeof hash === 'string' ? hash : (hash.cuts?.(long) ?? false);
    };
    expect([cut(wordpress), cut(GOOD['Django bcrypt-SHA256'])]).toEqual([false, false]);
    expect([cut(GOOD['Django bcrypt']), cut(GOOD['Adonis bcrypt'])]).toEqual([true, true]);
  });
});
