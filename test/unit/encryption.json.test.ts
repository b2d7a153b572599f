import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { EncryptionError, type EncryptionService, type StandardSchema } from 'nestjs-security';
import { z } from 'zod';
import { endOf } from '../support/error-code.js';
import { startEncryption } from '../support/encryption.js';

const SECRET = 'the-plaintext-4111';
const schema = z.object({ card: z.string().max(40) });

let encryption: EncryptionService;
beforeAll(async () => {
  ({ encryption } = await startEncryption());
});

function schemaThat(validate: StandardSchema['~standard']['validate']): StandardSchema {
  return { '~standard': { version: 1, vendor: 'test', validate } };
}

function errorOf(text: string, judge: StandardSchema): EncryptionError {
  try {
    encryption.decryptJson(encryption.encrypt(text), { schema: judge });
  } catch (error) {
    if (error instanceof EncryptionError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('decryptJson', () => {
  it('gives what the schema made of the plaintext, with its type', () => {
    const token = encryption.encrypt('{"card":"4111","more":1}', { context: 'cards' });
    const { card }: { card: string } = encryption.decryptJson(token, { schema, context: 'cards' });
    expect(card).toBe('4111');
    const sealed = encryption.seal('[1,2]');
    const trimmed = z.array(z.number()).transform((list) => list.length);
    const length: number = encryption.openJson(sealed, { schema: trimmed });
    expect(length).toBe(2);
  });

  it('judges the token first', () => {
    const token = encryption.encryptAtTime('{}', 5);
    const judge = schemaThat(() => {
      throw new Error('was asked');
    });
    const open = (options: object): unknown =>
      encryption.decryptJson(token, { schema: judge, ...options });
    expect(endOf(() => open({ ttlSeconds: 1 }))).toBe('ENC_TOKEN_EXPIRED');
    expect(endOf(() => open({ context: 'a' }))).toBe('ENC_TOKEN_INVALID');
    expect(endOf(() => open({ shema: judge }))).toBe('TypeError');
  });

  it.each<[string, string, StandardSchema]>([
    ['no JSON', `{"card":"${SECRET}"`, schema],
    ['JSON with something behind it', `{} ${SECRET}`, schema],
    ['JSON after a byte order mark', `\ufeff{"card":"${SECRET}"}`, schema],
    ['nothing', '', schema],
    ['nested deeper than 64 levels', `${'['.repeat(65)}"${SECRET}"${']'.repeat(65)}`, z.any()],
    ['nested too deep for any stack', '['.repeat(1_000_000) + ']'.repeat(1_000_000), z.any()],
    ['an object with a member __proto__', `{"__proto__":{"admin":"${SECRET}"}}`, z.any()],
    ['of another form', `{"card":["${SECRET}"],"${SECRET}":1}`, z.strictObject({})],
    [
      'refused by a schema that throws it',
      `"${SECRET}"`,
      schemaThat((value) => {
        throw new Error(String(value));
      }),
    ],
  ])('refuses what is %s, and shows none of it', (_, text, judge) => {
    const error = errorOf(text, judge);
    expect(error.code).toBe('ENC_JSON_INVALID');
    const shown = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error);
    expect(shown).not.toContain(SECRET);
    expect(error.cause).toBeUndefined();
  });

  it('takes 64 levels', () => {
    const token = encryption.encrypt('['.repeat(64) + ']'.repeat(64));
    expect(encryption.decryptJson(token, { schema: z.any() })).toHaveLength(1);
  });

  it('refuses a schema that answers later, even with a refusal', async () => {
    const later = schemaThat(() => Promise.reject(new Error(SECRET)));
    expect(errorOf('{}', later).code).toBe('ENC_SCHEMA_ASYNC');
    const ofAnotherRealm = runInNewContext('Promise.resolve({})') as Promise<never>;
    expect(
      errorOf(
        '{}',
        schemaThat(() => ofAnotherRealm),
      ).code,
    ).toBe('ENC_SCHEMA_ASYNC');
    const asynchronous = z.string().refine(() => Promise.resolve(true));
    expect(errorOf('"x"', asynchronous).code).toBe('ENC_SCHEMA_ASYNC');
    // An unhandled rejection would end the run here.
    await new Promise((resolve) => setImmediate(resolve));
  });

  it.each<[string, (value: unknown) => unknown]>([
    ['nothing', () => undefined],
    ['null', () => null],
    ['the value itself', (value) => value],
    [
      'an answer that throws it when it is read',
      (value) => ({
        get issues() {
          throw new Error(String(value));
        },
      }),
    ],
  ])('refuses a schema that answers with %s, and shows no plaintext', (_, answer) => {
    const error = errorOf(
      `"${SECRET}"`,
      schemaThat((value) => answer(value) as never),
    );
    expect(error.code).toBe('ENC_JSON_INVALID');
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(SECRET);
  });

  it('refuses a schema that answers with a promise that throws when it is asked', async () => {
    const get = (): never => {
      throw new Error(SECRET);
    };
    const hostile = schemaThat(() => new Proxy(Promise.resolve({ value: 1 }), { get }));
    expect(errorOf('{}', hostile).code).toBe('ENC_SCHEMA_ASYNC');
    await new Promise((resolve) => setImmediate(resolve));
  });
});
