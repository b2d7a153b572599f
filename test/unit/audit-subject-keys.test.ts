import { createSecretKey } from 'node:crypto';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { PersonalSubject, PurposeKey } from 'nestjs-security';
import { sealPersonal } from '../../lib/audit/record/personal/personal-token.js';
import { SubjectKeys } from '../../lib/audit/record/personal/subject-keys.js';

type NameKeys = readonly [PurposeKey, ...PurposeKey[]];

const ringKey = (id: string): PurposeKey => ({
  id,
  state: 'primary',
  key: createSecretKey(Buffer.alloc(32, id)),
});
const alice = { type: 'user', id: 'alice@example.com' };

function newFolder(): string {
  return join(mkdtempSync(join(tmpdir(), 'subjects-')), 'keys', 'subjects');
}

/** What another process with the same keys would have. */
function open(folder: string, nameKeys: NameKeys = [ringKey('a')]): SubjectKeys {
  return new SubjectKeys(folder, () => nameKeys);
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
}

async function sealed(keys: SubjectKeys, value: unknown, subject = alice): Promise<string> {
  const key = await keys.keyFor(subject);
  if (!key) throw new Error('the subject was forgotten');
  return sealPersonal(JSON.stringify(value), key);
}

describe('the key of a subject', () => {
  it('is the same for all processes, and another for every subject', async () => {
    const folder = newFolder();
    const bytesOf = async (subject: PersonalSubject): Promise<string | undefined> =>
      (await open(folder).keyFor(subject))?.key.export().toString('hex');
    const keys = [
      alice,
      alice,
      { type: 'user', id: 'Alice@example.com' },
      { type: 'admin', id: 'alice@example.com' },
      { type: 'useralice', id: '@example.com' },
    ];
    const bytes = [];
    for (const subject of keys) bytes.push(await bytesOf(subject));
    expect(bytes[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(bytes[1]).toBe(bytes[0]);
    expect(new Set(bytes).size).toBe(4);
  });

  it('lies in a private file whose name tells nobody whose it is', async () => {
    const folder = newFolder();
    const key = await open(folder).keyFor(alice);
    expect(files(folder)).toEqual([`${key?.name.slice(0, 2)}/${key?.name}.key`]);
    expect(key?.name).toMatch(/^[\w-]{22}$/);
    const path = join(folder, files(folder)[0] ?? '');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    for (const above of [dirname(path), folder, dirname(folder)])
      expect(statSync(above).mode & 0o777).toBe(0o700);
  });

  it('is one, when many processes make it at the same time', async () => {
    const folder = newFolder();
    const made = await Promise.all(Array.from({ length: 50 }, () => open(folder).keyFor(alice)));
    expect(new Set(made.map((key) => key?.key.export().toString('hex'))).size).toBe(1);
    expect(files(folder)).toHaveLength(1);
  });

  it('is still found when another key makes the names', async () => {
    const folder = newFolder();
    const before = await open(folder).keyFor(alice);
    const after = await open(folder, [ringKey('b'), ringKey('a')]).keyFor(alice);
    expect(after?.name).toBe(before?.name);
    expect(files(folder)).toHaveLength(1);
  });

  it('is refused when its file holds none, or cannot be read, without naming anybody', async () => {
    const folder = newFolder();
    const key = await open(folder).keyFor(alice);
    const path = join(folder, files(folder)[0] ?? '');
    for (const text of ['', 'x', `${'A'.repeat(42)}\n`, 'A'.repeat(43)]) {
      writeFileSync(path, text);
      await expect(open(folder).keyFor(alice)).rejects.toMatchObject({
        code: 'AUDIT_SUBJECT_KEY_UNUSABLE',
        message: expect.not.stringContaining(key?.name ?? '') as string,
      });
    }
    const blocked = join(mkdtempSync(join(tmpdir(), 'subjects-')), 'file');
    writeFileSync(blocked, '');
    await expect(open(blocked).keyFor(alice)).rejects.toMatchObject({
      code: 'AUDIT_SUBJECT_KEY_UNUSABLE',
      message: expect.stringContaining('ENOTDIR') as string,
    });
  });
});

describe('a subject that is forgotten', () => {
  it('has no key any more, and gets none', async () => {
    const folder = newFolder();
    const keys = open(folder);
    const token = await sealed(keys, 'a secret');
    const pseudonym = await keys.forget(alice);
    expect(pseudonym).toBe(`p1.a.${token.split('.')[1]}`);
    for (const each of [keys, open(folder)]) {
      expect(await each.keyFor(alice)).toBeUndefined();
      expect(await each.open(token)).toEqual({ value: '[forgotten]' });
    }
    expect(files(folder).filter((name) => name.endsWith('.key'))).toEqual([]);
  });

  it('is forgotten in every process at once, also in one that has just used the key', async () => {
    const folder = newFolder();
    const [here, there] = [open(folder), open(folder)];
    const token = await sealed(there, 1);
    expect(await there.open(token)).toEqual({ value: 1 });
    await here.forget(alice);
    expect(await there.open(token)).toEqual({ value: '[forgotten]' });
    expect(await there.keyFor(alice)).toBeUndefined();
  });

  it('that never had a key is forgotten as well', async () => {
    const folder = newFolder();
    await open(folder).forget(alice);
    expect(await open(folder).keyFor(alice)).toBeUndefined();
    expect(files(folder)).toEqual([expect.stringMatching(/\.forgotten$/)]);
  });

  it('takes nobody else along', async () => {
    const keys = open(newFolder());
    const bob = { type: 'user', id: 'bob' };
    const token = await sealed(keys, 'kept', bob);
    await keys.forget(alice);
    expect(await keys.open(token)).toEqual({ value: 'kept' });
  });

  it('may be forgotten twice', async () => {
    const keys = open(newFolder());
    await sealed(keys, 1);
    expect(await keys.forget(alice)).toBe(await keys.forget(alice));
  });

  it('leaves no bytes of the key in its file', async () => {
    const folder = newFolder();
    const keys = open(folder);
    await sealed(keys, 1);
    const path = join(folder, files(folder)[0] ?? '');
    const held = join(dirname(folder), 'held');
    linkSync(path, held);
    const before = readFileSync(held);
    await keys.forget(alice);
    const after = readFileSync(held);
    expect(after).toHaveLength(before.length);
    expect(after.equals(before)).toBe(false);
  });

  it('is forgotten under every key that ever made names', async () => {
    const folder = newFolder();
    const tokens = [];
    for (const id of ['a', 'b']) tokens.push(await sealed(open(folder, [ringKey(id)]), id));
    await open(folder, [ringKey('c'), ringKey('b'), ringKey('a')]).forget(alice);
    for (const token of tokens)
      expect(await open(folder).open(token)).toEqual({ value: '[forgotten]' });
    expect(files(folder).every((name) => name.endsWith('.forgotten'))).toBe(true);
  });

  it('stays forgotten when a crash or a backup brings the key back beside the mark', async () => {
    const folder = newFolder();
    const keys = open(folder);
    const token = await sealed(keys, 1);
    const path = join(folder, files(folder)[0] ?? '');
    const text = readFileSync(path);
    await keys.forget(alice);
    writeFileSync(path, text);
    expect(await open(folder).open(token)).toEqual({ value: '[forgotten]' });
    expect(existsSync(path)).toBe(false);
  });

  it('has no key left, whatever others do at the same time', async () => {
    for (let time = 0; time < 20; time += 1) {
      const folder = newFolder();
      const others = Array.from({ length: 6 }, () => open(folder));
      const uses = others.map(async (keys) => {
        for (let use = 0; use < 3; use += 1) await keys.keyFor(alice);
      });
      await open(folder).forget(alice);
      await Promise.all(uses);
      expect(await open(folder).keyFor(alice)).toBeUndefined();
      expect(files(folder)).toEqual([expect.stringMatching(/\.forgotten$/)]);
    }
  });

  it('may be told to be remembered again, under a new key', async () => {
    const keys = open(newFolder());
    const old = await sealed(keys, 'old');
    await keys.forget(alice);
    await keys.readmit(alice);
    const token = await sealed(keys, 'new');
    expect(await keys.open(token)).toEqual({ value: 'new' });
    expect(await keys.open(old)).toEqual({ value: '[unreadable]' });
  });

  it('may still have its key when the call fails, which says so', async () => {
    const folder = newFolder();
    const keys = open(folder);
    await sealed(keys, 1);
    const above = dirname(join(folder, files(folder)[0] ?? ''));
    renameSync(above, `${above}.away`);
    writeFileSync(above, '');
    await expect(keys.forget(alice)).rejects.toMatchObject({ code: 'AUDIT_SUBJECT_KEY_UNUSABLE' });
    rmSync(above);
    renameSync(`${above}.away`, above);
    await keys.forget(alice);
    expect(await keys.keyFor(alice)).toBeUndefined();
  });
});

describe('a token', () => {
  it('whose key is not here is unreadable, which is not the same as forgotten', async () => {
    const token = await sealed(open(newFolder()), 1);
    const elsewhere = newFolder();
    mkdirSync(elsewhere, { recursive: true });
    expect(await open(elsewhere).open(token)).toEqual({ value: '[unreadable]' });
    expect(await open(join(elsewhere, 'nowhere')).open(token)).toEqual({ value: '[unreadable]' });
  });

  it.each([1, null, '', 's1', 's1..', 'plain text', 's1.../../../etc/passwd.AAAA', {}])(
    'is nothing like %j',
    async (text) => {
      expect(await open(newFolder()).open(text)).toBeUndefined();
    },
  );
});
