import { createSecretKey } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { KeyringError, personal, type AuditEvent, type PurposeKey } from 'nestjs-security';
import { revealPersonal } from '../../lib/audit/record/personal/reveal-personal.js';
import { SubjectKeys } from '../../lib/audit/record/personal/subject-keys.js';
import { RecordBodies } from '../../lib/audit/record/record-bodies.js';

const alice = { type: 'user', id: 'alice-4711' };
const TOKEN = /^s1\.[\w-]{22}\.[\w-]+$/;

const nameKey: PurposeKey = {
  id: 'k',
  state: 'primary',
  key: createSecretKey(Buffer.alloc(32, 1)),
};

function newKeys(): SubjectKeys {
  return new SubjectKeys(join(mkdtempSync(join(tmpdir(), 'personal-')), 'subjects'), () => [
    nameKey,
  ]);
}

function bodies(subjectKeys: SubjectKeys | undefined): RecordBodies {
  return new RecordBodies({ clock: () => 0, pseudonymOf: () => 'p1.k.someone', subjectKeys });
}

async function recorded(
  details: AuditEvent['details'],
  keys = newKeys(),
): Promise<{ body: string; details: Record<string, unknown>; revealed: unknown }> {
  const body = `{${await bodies(keys).of({ event: 'user_updated', details: details ?? {} })}`;
  const { details: written } = JSON.parse(body) as { details: Record<string, unknown> };
  return { body, details: written, revealed: await revealPersonal(written, keys) };
}

describe('an event without personal data', () => {
  it('becomes a body at once, without waiting for anything', () => {
    expect(typeof bodies(newKeys()).of({ event: 'user_updated', details: { a: 1 } })).toBe(
      'string',
    );
  });
});

describe('personal data in a record', () => {
  it('is encrypted, names nobody, and can be read again', async () => {
    const value = { street: 'Elm Street 1', phones: ['+49 30 1234567'], mail: 'alice@example.com' };
    const { body, details, revealed } = await recorded({
      address: personal(alice, value),
      list: [{ deep: personal(alice, 'Zoë') }],
      plain: 'a plain text',
    });
    expect(details['address']).toMatch(TOKEN);
    expect(body).not.toMatch(/Elm Street|1234567|example|Zoë|alice/);
    expect(revealed).toEqual({
      address: value,
      list: [{ deep: 'Zoë' }],
      plain: 'a plain text',
    });
  });

  it.each([null, true, 7, '', [], {}, 'x'.repeat(1000), '\u2028"\\'])(
    'may be %j',
    async (value) => {
      expect((await recorded({ value: personal(alice, value) })).revealed).toEqual({ value });
    },
  );

  it('holds no secrets, even encrypted', async () => {
    const value = { password: 'S3cr3t', note: 'Bearer S3cr3tS3cr3t' };
    const { revealed } = await recorded({ form: personal(alice, value) });
    expect(revealed).toEqual({ form: { password: '[redacted]', note: '[redacted]' } });
  });

  it('of more than 4 KiB is cut', async () => {
    const lists = [80, 300].map((count) => Array.from({ length: count }, () => 'x'.repeat(40)));
    const { revealed } = await recorded({
      fits: personal(alice, lists[0]),
      isTooLong: personal(alice, lists[1]),
    });
    expect(revealed).toEqual({ fits: lists[0], isTooLong: '[cut]' });
  });

  it('under a telling name is redacted: no key opens what must never be written', async () => {
    expect((await recorded({ password: personal(alice, 'S3cr3t') })).details).toEqual({
      password: '[redacted]',
    });
  });

  it('counts towards what details may hold', async () => {
    const values = Array.from({ length: 90 }, () => personal(alice, 'x'.repeat(1000)));
    const { body, details } = await recorded({ values });
    expect(body.length).toBeLessThan(17_000);
    const written = details['values'] as string[];
    expect(written[0]).toMatch(TOKEN);
    expect(written.at(-1)).toBe('[cut]');
  });

  it('is [forgotten] once its subject was', async () => {
    const keys = newKeys();
    const before = await recorded({ name: personal(alice, 'Alice') }, keys);
    await keys.forget(alice);
    const after = await recorded({ name: personal(alice, 'Alice') }, keys);
    expect(after.details).toEqual({ name: '[forgotten]' });
    expect(await revealPersonal(before.details, keys)).toEqual({ name: '[forgotten]' });
  });

  it('is redacted in a log that has no folder for keys', async () => {
    const details = { name: personal(alice, 'Alice') };
    const body = await bodies(undefined).of({ event: 'user_updated', details });
    expect(body).toContain('"details":{"name":"[redacted]"}');
  });

  it('does not keep an event from being recorded when the keys of the application are gone', async () => {
    const keys = new SubjectKeys(tmpdir(), () => {
      throw new KeyringError('KEY_RING_STALE', 'stale');
    });
    expect((await recorded({ name: personal(alice, 'Alice') }, keys)).details).toEqual({
      name: '[unavailable]',
    });
  });

  it('keeps an event from being recorded when its key cannot be made: it would be lost', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'personal-')), 'file');
    writeFileSync(path, '');
    const keys = new SubjectKeys(path, () => [nameKey]);
    await expect(recorded({ name: personal(alice, 'Alice') }, keys)).rejects.toMatchObject({
      code: 'AUDIT_SUBJECT_KEY_UNUSABLE',
    });
  });

  it('is shown by nothing that prints it', () => {
    const data = personal(alice, 'Elm Street');
    for (const text of [String(data), JSON.stringify({ data }), inspect({ data }, { depth: 9 })])
      expect(text).not.toMatch(/Elm|alice/);
    expect(`${data.toString()} ${JSON.stringify(data)}`).toBe('[personal] "[personal]"');
  });
});

describe('personal()', () => {
  it.each([
    undefined,
    null,
    'alice',
    {},
    { type: 'user' },
    { type: '', id: '1' },
    { type: 'user', id: 7 },
    { type: 'user', id: '' },
    { type: 'user', id: 'x'.repeat(257) },
    { type: 'x'.repeat(65), id: '1' },
    { type: 'user', id: '\ud800' },
  ])('refuses the subject %j', (subject) => {
    expect(() => personal(subject as typeof alice, 1)).toThrow(TypeError);
  });
});

describe('what is revealed', () => {
  it('is a copy: the record stays as it is, down to what is no token', async () => {
    const keys = newKeys();
    const { details } = await recorded({ name: personal(alice, 'Alice'), __proto__x: 1 }, keys);
    const before = JSON.stringify(details);
    await revealPersonal(details, keys);
    expect(JSON.stringify(details)).toBe(before);
    const hostile: unknown = JSON.parse('{"__proto__":{"a":"s1.x.y"},"b":null}');
    expect(JSON.stringify(await revealPersonal(hostile, keys))).toBe(JSON.stringify(hostile));
  });

  it('ends, however deep the data', async () => {
    const deep: unknown = JSON.parse('['.repeat(5000) + ']'.repeat(5000));
    await expect(revealPersonal(deep, newKeys())).resolves.toBeDefined();
  });
});

it('docs/audit.md names the marks that stand for what cannot be read', () => {
  const page = readFileSync('docs/audit.md', 'utf8');
  for (const mark of ['[forgotten]', '[unreadable]', '[unavailable]', '[redacted]', '[cut]'])
    expect(page).toContain(`\`${mark}\``);
});
