/** So many characters of a beginning and what is repeated after it, in one piece of memory. */
export function filled(length: number, beginning: string, filling: string): string {
  const text = beginning + filling.repeat(Math.ceil(length / filling.length));
  return Buffer.from(text.slice(0, length), 'utf8').toString('utf8');
}

/** Longer ones are not looked at. */
const LONGEST_ARGON2 = 512;
const LONGEST = 1000;

/** Texts about as long as any that is looked at, each of a layout that claims it and has to read much of it. */
export function hostileHashes(): Readonly<Record<string, string>> {
  const argon2 = (beginning: string, filling: string) => filled(LONGEST_ARGON2, beginning, filling);
  const of = (beginning: string, filling: string) => filled(LONGEST, beginning, filling);
  return {
    'Argon2, 512 characters, commas': argon2('$argon2id$v=19$', ','),
    'Argon2, 512 characters, parameters': argon2('$argon2id$v=19$', 'm=64,'),
    'Argon2, 512 characters, salt': argon2('$argon2id$v=19$m=65536,t=3,p=4$', 'A'),
    'Argon2, 512 characters, dollars': argon2('$argon2id$', '$'),
    bcrypt: of('$2b$12$', 'A'),
    'bcrypt-sha256': of('$bcrypt-sha256$v=2,t=2b,r=12$', 'A'),
    scrypt: of('$scrypt$ln=17,r=8,p=1$', 'A'),
    'scrypt of Adonis': of('$scrypt$n=1024,r=8,p=1$', 'A'),
    PBKDF2: of('$pbkdf2-sha256$600000$', '.'),
    'pepper around pepper': of('', '$pepper$v=1,keyid=AAAAAAAAAAA'),
    Django: of('pbkdf2_sha256$600000$', '!'),
    Werkzeug: of('scrypt:32768:8:1$', '!'),
    'Spring in Spring': of('', '{bcrypt}'),
    LDAP: of('{SSHA}', 'A'),
    WordPress: of('$wp$2y$10$', 'A'),
    phpass: of('$P$B', 'A'),
    'sha-crypt': of('$6$rounds=5000$', '$'),
    'ASP.NET Identity': of('AQAAAAEAACcQ', 'A'),
    'better-auth': of('', '0a'),
    Lucia: of('s2:', 'a:'),
    GRUB: of('grub.pbkdf2.sha512.10000.', 'A'),
    p5k2: of('$p5k2$3e8$', 'A'),
    wrapped: of('$wrapped$v=1,digest=md5,salt=', 'A'),
    'wrapped in wrapped': of('', '$wrapped$v=1,digest=md5'),
    'no layout': of('', 'A'),
    'braces of no layout': of('{', 'a'),
    'dollars only': of('', '$'),
    'Argon2, 512 characters, not ASCII': argon2('$argon2id$v=19$m=65536,t=3,p=4$', 'é'),
    'Argon2, good but for its length': of(
      '$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$',
      'A',
    ),
  };
}
