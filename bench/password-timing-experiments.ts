import { randomBytes } from 'node:crypto';
import type { PasswordOptions } from '../lib/password/password.options.js';
import { filled } from './hostile-hashes.js';
import { passwordService } from './password-service.js';
import type { Experiment, Failure } from './password-timing-table.js';

const CHEAP: PasswordOptions = { memoryKiB: 1024, timeCost: 1, parallelism: 1 };
const MODERATE: PasswordOptions = { profile: 'owasp-19' };
const RIGHT = 'correct horse battery staple';
const KEY_ID_CHARACTERS = 11;
/** e and a combining acute accent, which Unicode NFC makes one character. */
const DECOMPOSED = 'e\u0301';

/** Everything that is measured, in the order of the page. */
export async function experiments(): Promise<Experiment[]> {
  return [
    await everyFailure('Cheap Argon2id, argon2', { ...CHEAP, backend: 'argon2' }, 1500),
    await everyFailure(
      'Cheap Argon2id, @node-rs/argon2',
      { ...CHEAP, backend: '@node-rs/argon2' },
      1500,
    ),
    await everyFailure('Profile owasp-19, argon2', MODERATE, 50),
    await peppered(),
    await decomposed(),
    await migration('off'),
    await migration('top-up'),
  ];
}

async function everyFailure(
  title: string,
  options: PasswordOptions,
  samples: number,
): Promise<Experiment> {
  const service = passwordService(options);
  const stored = await service.hash(RIGHT);
  const failures: [Failure, ...Failure[]] = [
    { name: 'wrong password', stored, password: wrong },
    { name: 'the same again', stored, password: wrong },
    ...storedFailures(stored, wrong),
    { name: 'empty password', stored, password: () => '' },
    { name: 'wrong password of 4,096 bytes', stored, password: longest },
    { name: 'unknown user, password of 4,096 bytes', stored: null, password: longest },
    { name: 'too long by a byte', stored, password: () => `${longest()}x` },
    { name: 'too long: 1 MiB', stored, password: ofOneMib() },
    { name: 'lone surrogate', stored, password: () => `${wrong()}\uD800` },
    { name: 'unknown user, too long by a byte', stored: null, password: () => `${longest()}x` },
  ];
  const about = 'Every failure with a stored hash of the present parameters, or with none.';
  return { title, about, service, failures, samples };
}

/** Nothing can be compared with what is stored. */
function storedFailures(stored: string, password: () => string): Failure[] {
  return [
    { name: 'unknown user', stored: null, password },
    { name: 'stored: empty', stored: '', password },
    { name: 'stored: malformed', stored: `${stored}=`, password },
    { name: 'stored: 1 MiB', stored: filled(2 ** 20, stored, 'A'), password },
    { name: 'stored: disabled', stored: `!${stored}`, password },
    { name: 'stored: out of bounds', stored: stored.replace(/m=\d+/, 'm=4194304'), password },
    { name: 'stored: unsupported', stored: stored.replace('argon2id', 'argon2x'), password },
  ];
}

async function peppered(): Promise<Experiment> {
  const service = passwordService({ ...CHEAP, pepper: 'keyring' });
  const stored = await service.hash(RIGHT);
  const unpeppered = await passwordService(CHEAP).hash(RIGHT);
  const otherKey = 'A'.repeat(KEY_ID_CHARACTERS);
  return {
    title: 'Cheap Argon2id with a pepper',
    about: 'The pepper takes part in what is hashed in vain, too.',
    service,
    failures: [
      { name: 'wrong password', stored, password: wrong },
      { name: 'the same again', stored, password: wrong },
      { name: 'unknown user', stored: null, password: wrong },
      { name: 'stored: without a pepper', stored: unpeppered, password: wrong },
      {
        name: 'stored: unknown pepper',
        stored: stored.replace(/keyid=[^$]+/, `keyid=${otherKey}`),
        password: wrong,
      },
      { name: 'empty password', stored, password: () => '' },
    ],
    samples: 1200,
  };
}

async function decomposed(): Promise<Experiment> {
  const service = passwordService({ ...CHEAP, rawUnicodeFallback: true });
  const stored = await service.hash(RIGHT);
  const password = () => wrong() + DECOMPOSED;
  return {
    title: 'Cheap Argon2id with rawUnicodeFallback, decomposed password',
    about: 'A password that Unicode NFC changes is hashed in both forms, whatever is stored.',
    service,
    failures: [
      { name: 'wrong password', stored, password },
      { name: 'the same again', stored, password },
      ...storedFailures(stored, password),
      { name: 'wrong password that NFC leaves as it is', stored, password: wrong },
      {
        name: 'too long by a byte',
        stored,
        password: () => longest().slice(DECOMPOSED.length) + DECOMPOSED,
      },
    ],
    samples: 800,
  };
}

async function migration(equalize: 'off' | 'top-up'): Promise<Experiment> {
  const service = passwordService({ equalize });
  const hashWith = (options: PasswordOptions) => passwordService(options).hash(RIGHT);
  const stored = await service.hash(RIGHT);
  const bcrypt = await hashWith({ scheme: 'bcrypt', bcryptCost: 8 });
  const pbkdf2 = await hashWith({ scheme: 'pbkdf2-sha256', pbkdf2Iterations: 100_000 });
  const argon2 = await hashWith({ profile: 'owasp-19' });
  return {
    title: `Migration to the profile guide, equalize '${equalize}'`,
    about:
      'Hashes of other schemes or parameters, cheaper than those of today: the difference that `docs/passwords.md` speaks of.',
    service,
    failures: [
      { name: 'wrong password, hash of today', stored, password: wrong },
      { name: 'the same again', stored, password: wrong },
      { name: 'unknown user', stored: null, password: wrong },
      { name: 'stored: bcrypt, cost 8', stored: bcrypt, password: wrong },
      { name: 'stored: PBKDF2, 100,000 iterations', stored: pbkdf2, password: wrong },
      { name: 'stored: Argon2id, 19 MiB, 2 passes', stored: argon2, password: wrong },
    ],
    samples: 30,
  };
}

function wrong(): string {
  return randomBytes(21).toString('base64');
}

/** Of exactly so many bytes as a password may have. */
function longest(): string {
  return randomBytes(3072).toString('base64');
}

function ofOneMib(): () => string {
  const password = filled(2 ** 20, '', 'x');
  return () => password;
}
