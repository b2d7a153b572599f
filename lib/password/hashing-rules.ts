import type { z } from 'zod';
import { ceilingsSchema } from './ceilings.options.js';
import type { PasswordCeilings } from './password-ceilings.js';
import { ARGON2_PROFILES, type Argon2ProfileName } from './target/argon2-profiles.js';
import type { CreatingSchemeName, HashParameters } from './target/creating-scheme.js';

const SCRYPT_BLOCK = 8;
const DEFAULT_BCRYPT_COST = 12;
const DEFAULT_SCRYPT_COST = 17;
const DEFAULT_ITERATIONS = { 'pbkdf2-sha256': 600_000, 'pbkdf2-sha512': 210_000 };

/** The options that say with which parameters passwords are hashed. */
export interface HashingChoice {
  readonly scheme: CreatingSchemeName;
  readonly profile?: Argon2ProfileName | undefined;
  readonly memoryKiB?: number | undefined;
  readonly timeCost?: number | undefined;
  readonly parallelism?: number | undefined;
  readonly bcryptCost?: number | undefined;
  readonly scryptCost?: number | undefined;
  readonly pbkdf2Iterations?: number | undefined;
  readonly pepper: 'off' | 'keyring';
  readonly pepperKeyId?: string | undefined;
  readonly acceptUnpeppered: boolean;
  readonly ceilings: PasswordCeilings;
}

type ChoiceName = Exclude<
  keyof HashingChoice,
  'scheme' | 'ceilings' | 'pepper' | 'pepperKeyId' | 'acceptUnpeppered'
>;

const ARGON2_CHOICES = ['profile', 'memoryKiB', 'timeCost', 'parallelism'] as const;
const CHOICES: Readonly<Record<CreatingSchemeName, readonly ChoiceName[]>> = {
  argon2id: ARGON2_CHOICES,
  bcrypt: ['bcryptCost'],
  'bcrypt-sha256': ['bcryptCost'],
  scrypt: ['scryptCost'],
  'pbkdf2-sha256': ['pbkdf2Iterations'],
  'pbkdf2-sha512': ['pbkdf2Iterations'],
};
const ALL_CHOICES = [...new Set(Object.values(CHOICES).flat())];

/**
 * Puts the parameters together that the options mean, and refuses those that would not be verified again:
 * for `transform` of the schema.
 */
export function resolveHashing<T extends HashingChoice>(
  options: T,
  context: z.core.$RefinementCtx,
): T & { parameters: HashParameters } {
  const parameters = parametersOf(options);
  const refuse = (message: string, path: string[] = []): void =>
    context.addIssue({ code: 'custom', message, path });
  for (const name of ALL_CHOICES) {
    if (options[name] !== undefined && !CHOICES[options.scheme].includes(name)) {
      refuse(`has no effect on ${options.scheme}: remove it, or set another scheme.`, [name]);
    }
  }
  if (options.pepper === 'off') {
    const mend = "has no effect without a pepper: remove it, or set pepper to 'keyring'.";
    if (options.pepperKeyId !== undefined) refuse(mend, ['pepperKeyId']);
    if (options.acceptUnpeppered) refuse(mend, ['acceptUnpeppered']);
  }
  const problem = problemOf(parameters, options.ceilings);
  if (problem !== undefined) refuse(problem);
  return { ...options, parameters };
}

function parametersOf(options: HashingChoice): HashParameters {
  const { scheme } = options;
  if (scheme === 'argon2id') {
    const { memoryKiB, timeCost, parallelism } = ARGON2_PROFILES[options.profile ?? 'guide'];
    return {
      memoryKiB: options.memoryKiB ?? memoryKiB,
      timeCost: options.timeCost ?? timeCost,
      parallelism: options.parallelism ?? parallelism,
    };
  }
  if (scheme === 'scrypt') {
    return { N: 2 ** (options.scryptCost ?? DEFAULT_SCRYPT_COST), r: SCRYPT_BLOCK, p: 1 };
  }
  return scheme === 'bcrypt' || scheme === 'bcrypt-sha256'
    ? { cost: options.bcryptCost ?? DEFAULT_BCRYPT_COST }
    : { iterations: options.pbkdf2Iterations ?? DEFAULT_ITERATIONS[scheme] };
}

function problemOf(
  { memoryKiB = 0, timeCost = 0, parallelism = 0, cost = 0, N = 0, iterations = 0 }: HashParameters,
  ceilings: PasswordCeilings,
): string | undefined {
  if (memoryKiB < 8 * parallelism)
    return 'needs at least 8 KiB of memory for each lane: raise memoryKiB or lower parallelism.';
  const asked: readonly [string, number, keyof PasswordCeilings][] = [
    ['memoryKiB', memoryKiB, 'argon2MemoryKiB'],
    ['timeCost', timeCost, 'argon2TimeCost'],
    ['parallelism', parallelism, 'argon2Parallelism'],
    ['memoryKiB x timeCost', memoryKiB * timeCost, 'argon2MemoryKiBPasses'],
    ['bcryptCost', cost, 'bcryptCost'],
    ['the memory of scrypt in KiB', (128 * N * SCRYPT_BLOCK) / 1024, 'scryptMemoryKiB'],
    ['pbkdf2Iterations', iterations, 'pbkdf2Iterations'],
  ];
  const beyond = asked.find(([, value, ceiling]) => value > ceilings[ceiling]);
  if (!beyond) return undefined;
  const [what, value, ceiling] = beyond;
  const raise = ceilingsSchema.safeParse({ [ceiling]: value }).success
    ? `, or raise ceilings.${ceiling} to ${value}, for what is stored, too`
    : '';
  return `asks for more work than is ever verified: ${what} may be at most ${ceilings[ceiling]}. Ask for less${raise}.`;
}

/** The parameters in words, for the boot log. */
export function describeHashing(scheme: CreatingSchemeName, parameters: HashParameters): string {
  const { memoryKiB, timeCost, parallelism, cost, N, r, p, iterations } = parameters;
  if (scheme === 'argon2id')
    return `Argon2id with m=${memoryKiB} KiB, t=${timeCost}, p=${parallelism}`;
  if (scheme === 'scrypt') return `scrypt with N=${N}, r=${r}, p=${p}`;
  return scheme === 'bcrypt' || scheme === 'bcrypt-sha256'
    ? `${scheme} with cost ${cost}`
    : `${scheme} with ${iterations} iterations`;
}
