import type { LegacyDigest } from 'nestjs-security';

/** Somebody whose account was made by other software. */
export type ImportedUser = { readonly name: string } & (
  { readonly passwordHash: string } | { readonly digest: LegacyDigest }
);

/** What four old databases held, as it was made by the software itself. */
export const IMPORTED_USERS: readonly ImportedUser[] = [
  {
    name: 'django',
    // make_password of Django 3.2: PBKDF2 with 260,000 rounds.
    passwordHash:
      'pbkdf2_sha256$260000$HdQWNzj0L8ez48vX2lOmeO$P1LcRPSs4WNe2C/m2abDq5ihhW3/a7govI/1QtRIPoQ=',
  },
  {
    name: 'laravel',
    // password_hash of PHP 8.2 with the cost of Laravel: bcrypt.
    passwordHash: '$2y$12$4F6ArfIGlpWMNZLx8zOiTup3Kys7rxrcel8CKadoiSgTlBbqmv/fa',
  },
  {
    name: 'spring',
    // The documentation of Spring Security. No policy of today would accept its password.
    passwordHash: '{bcrypt}$2a$10$dXJ3SW6G7P50lGmMkkmwe.20cQQubK3.HZWzG3YB1tlRy.fqvM/BG',
  },
  {
    name: 'md5-table',
    // md5sum, without a salt: who sees the table looks the password up.
    digest: { algorithm: 'md5', digest: '9cc2ae8a1ba7a93da39b46fc1019c481' },
  },
];
