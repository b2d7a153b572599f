import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { EncryptionService } from 'nestjs-security';
import {
  runCommandLine,
  runOnTerminal,
  startCommand,
  type CommandProcess,
} from '../support/command-process.js';
import { EncryptedTable } from '../support/encrypted-table.js';
import { testKey, testSecret } from '../support/keys.js';
import { notRun } from '../support/not-run.js';
import { openTestDatabase, type TestDatabase } from '../support/postgres.js';
import { startServices } from '../support/services.js';

const ROWS = 3000;
const WHERE = ['--key', 'id', '--column', 'iban', '--context', 'people.iban', '{id}'];
const KEYS = `new:${testSecret('new')},old:${testSecret('old')}`;

let database: TestDatabase;
let before: EncryptionService;
let after: EncryptionService;
let env: Record<string, string>;
let made = 0;

beforeAll(async () => {
  database = await openTestDatabase('the command rotate');
  if (!database.url) notRun('the command rotate, which needs a PostgreSQL server');
  before = (await startServices({ keys: [testKey('old')] })).module.get(EncryptionService);
  const { module } = await startServices({ keys: [testKey('new'), testKey('old')] });
  after = module.get(EncryptionService);
  env = { DATABASE_URL: database.url ?? '', SECURITY_KEYS: KEYS };
});
afterAll(() => database.close());

async function filled(rows: number): Promise<{ table: EncryptedTable; words: string[] }> {
  const table = new EncryptedTable(database.client, `people_${(made += 1)}`);
  await table.fill(before, rows);
  return { table, words: ['rotate', '--table', table.name, ...WHERE] };
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'command-'));
}

/** Waits until a run has done a part of its work, however far it is. */
async function untilRotated({ child }: CommandProcess, table: EncryptedTable, rows: number) {
  while (child.exitCode === null && (await table.countUnder('new')) < rows) {
    await new Promise((wait) => setTimeout(wait, 5));
  }
}

describe('nestjs-security rotate', () => {
  it('looks first, then writes, then finds nothing to do', async () => {
    if (!database.url) return;
    const { table, words } = await filled(700);
    const look = await runCommandLine([...words, '--dry-run'], env);
    expect(look.stdout).toBe(
      `"${table.name}.iban": 700 rows, 700 to rotate, 0 already current, 0 empty, 0 failed\nNothing was written.\n`,
    );
    expect(look.code).toBe(0);
    expect(await table.countUnder('new')).toBe(0);
    const first = await runCommandLine(words, env);
    expect(first).toMatchObject({
      code: 0,
      stdout: `"${table.name}.iban": 700 rows, 700 rotated, 0 already current, 0 empty, 0 failed\n`,
    });
    expect(await table.opened(after)).toEqual(EncryptedTable.intact(700));
    const second = await runCommandLine([...words, '--json'], env);
    expect(JSON.parse(second.stdout)).toMatchObject({
      rotated: 0,
      alreadyCurrent: 700,
      done: true,
    });
  });

  it.each([
    ['without its beginning', 'app:hunter2@127.0.0.1/db'],
    ['with one slash', 'postgres:/app:hunter2@127.0.0.1/db'],
    ['without slashes', 'postgres:app:hunter2@127.0.0.1/db'],
    ['with a password that ends it', 'postgres://app:hunter2#x@127.0.0.1/db'],
    ['in words', 'host=127.0.0.1 password=hunter2'],
  ])('refuses an address %s, and shows none of it', async (_, url) => {
    const words = ['key', 'usage', '--table', 'people', '--column', 'iban'];
    const variables = { PGUSER: 'postgres', SECURITY_KEYS: KEYS };
    for (const run of [
      runCommandLine(words, { ...variables, DATABASE_URL: url }),
      runCommandLine([...words, '--url', url], variables),
    ]) {
      const { code, stdout, stderr } = await run;
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^nestjs-security: .*postgres:\/\//);
      expect(stderr).not.toContain('unter2');
    }
  });

  it('goes on to its end when nobody reads its progress any more', async () => {
    if (!database.url) return;
    const { table, words } = await filled(700);
    const { child, result } = startCommand([...words, '--batch-size', '10'], env);
    child.stderr?.destroy();
    const { code, stdout } = await result;
    expect([code, stdout]).toEqual([0, expect.stringContaining('700 rotated')]);
    expect(await table.countUnder('old')).toBe(0);
  });

  it('counts the values by key', async () => {
    if (!database.url) return;
    const { table } = await filled(3);
    const usage = ['key', 'usage', '--table', table.name, ...WHERE];
    expect(await runCommandLine(usage, env)).toEqual({ code: 0, stdout: 'old 3\n', stderr: '' });
  });

  it('names what did not open, without a word of it, and ends with 1', async () => {
    if (!database.url) return;
    const { table, words } = await filled(3);
    const update = `UPDATE ${table.name} SET iban = $1 WHERE id = 2`;
    await database.client.query(update, ['f1.old.damaged-secret']);
    const { code, stdout, stderr } = await runCommandLine(words, env);
    expect(code).toBe(1);
    expect(stdout).toContain('2 rotated, 0 already current, 0 empty, 1 failed');
    expect(stdout).toContain('failed: "2" ENC_TOKEN_INVALID\n');
    expect(stdout + stderr).not.toContain('damaged-secret');
  });

  it('killed in the middle, goes on where it was, and loses no row', async () => {
    if (!database.url) return;
    const { table, words } = await filled(ROWS);
    const checkpoint = join(newFolder(), 'rotation.json');
    const flags = [...words, '--checkpoint', checkpoint, '--batch-size', '100'];
    for (const share of [0.2, 0.6]) {
      const run = startCommand(flags, env);
      await untilRotated(run, table, ROWS * share);
      run.child.kill('SIGKILL');
      expect((await run.result).code).toBeNull();
      expect(await table.opened(after)).toEqual(EncryptedTable.intact(ROWS));
    }
    expect(await table.countUnder('old')).toBeGreaterThan(0);
    const { cursor } = JSON.parse(readFileSync(checkpoint, 'utf8')) as { cursor: string };
    const last = await runCommandLine([...flags, '--json'], env);
    const report = JSON.parse(last.stdout) as { scanned: number; alreadyCurrent: number };
    expect(report).toMatchObject({
      resumedAfter: cursor,
      scanned: ROWS - Number(cursor),
      done: true,
    });
    // What was settled in the batch that was under way, and no more, was looked at twice.
    expect(report.alreadyCurrent).toBeLessThanOrEqual(100);
    expect(await table.countUnder('new')).toBe(ROWS);
    expect(await table.opened(after)).toEqual(EncryptedTable.intact(ROWS));
    const again = await runCommandLine([...flags, '--json'], env);
    expect(JSON.parse(again.stdout)).toMatchObject({ scanned: ROWS, rotated: 0, done: true });
  });

  it('stopped by Ctrl+C, finishes its batch and says how to go on', async () => {
    if (!database.url) return;
    const { table, words } = await filled(ROWS);
    const checkpoint = join(newFolder(), 'rotation.json');
    const flags = [...words, '--checkpoint', checkpoint, '--batch-size', '100'];
    const run = startCommand(flags, env);
    await untilRotated(run, table, 500);
    run.child.kill('SIGINT');
    const { code, stdout, stderr } = await run.result;
    expect(code).toBe(130);
    expect(stderr).toContain('Stopping after this batch.');
    const [, cursor] = /Stopped after "(\d+)"\. Run it again: it goes on here\./.exec(stdout) ?? [];
    expect(Number(cursor) % 100).toBe(0);
    expect(await table.countUnder('new')).toBe(Number(cursor));
    const next = await runCommandLine(flags, env);
    expect(next.stdout).toContain(`Went on after "${cursor}".`);
    expect(next.code).toBe(0);
    expect(await table.opened(after)).toEqual(EncryptedTable.intact(ROWS));
  });

  it('shows a bar with the time left on a terminal, and plain lines where colour is not wanted', async () => {
    if (!database.url) return;
    const { words } = await filled(ROWS);
    const look = [...words, '--dry-run', '--batch-size', '500'];
    const shown = await runOnTerminal(look, env);
    expect(shown.stdout).toMatch(/#+\.* +\d+ % \| \d+ of 3000 \| .*rows\/s \| \d+ s left/);
    expect(shown.stdout).toContain('3000 rows, 3000 to rotate');
    expect(shown.code).toBe(0);
    for (const plain of [{ NO_COLOR: '1' }, { CI: 'true' }, { TERM: 'dumb' }]) {
      const { stdout } = await runOnTerminal(look, { ...env, ...plain });
      expect(stdout).toMatch(/500 rows of 3000, \d+ s left: 500 rotated, 0 failed, \d+ rows\/s/);
      expect(stdout).not.toMatch(/\u001b|#/);
    }
  });

  it('writes no code of a terminal into a pipe', async () => {
    if (!database.url) return;
    const { words } = await filled(10);
    const { stdout, stderr } = await runCommandLine([...words, '--dry-run'], env);
    expect(stdout + stderr).not.toContain('\u001b');
    expect(stderr).toMatch(/^10 rows of 10, 0 s left: 10 rotated, 0 failed, \d+ rows\/s\n$/);
  });
});

describe('nestjs-security rotate --config', () => {
  const modules = {
    index: JSON.stringify(resolve('build/lib/index.js')),
    rows: JSON.stringify(resolve('build/test/support/memory-rows.js')),
  };

  /** A module with a table in memory, which says its values when it is closed. */
  function moduleWith(exported: string): string {
    const path = join(newFolder(), 'rotation.mjs');
    // The helper imports the package by its name, which only Jest resolves in here.
    writeFileSync(
      path,
      `import { iterableSource } from ${modules.index};
       const rows = [${JSON.stringify(before.seal('a'))}, ${JSON.stringify(before.seal('b'))}];
       async function* all() { for (const [i, value] of rows.entries()) yield { cursor: String(i), value }; }
       const source = iterableSource({
         name: 'memory', rows: all,
         reread: async ({ cursor }) => ({ cursor, value: rows[cursor] }),
         swap: async ({ cursor }, _, value) => { rows[cursor] = value; return true; },
       });
       const close = () => console.log('closed: ' + rows.map((row) => row.slice(0, 7)).join(' '));
       const security = { keys: ${JSON.stringify([testKey('new'), testKey('old')])} };
       export default ${exported};`,
    );
    return path;
  }

  it.each(['{ source, security, close }', 'async () => ({ source, security, close })'])(
    'takes source and keys from a module that exports %s',
    async (exported) => {
      const result = await runCommandLine(['rotate', '--config', moduleWith(exported)]);
      expect(result.stdout).toBe(
        'closed: f1.new. f1.new.\n"memory": 2 rows, 2 rotated, 0 already current, 0 empty, 0 failed\n',
      );
      expect(result.code).toBe(0);
    },
  );

  it('takes the keys from the environment when the module gives none', async () => {
    const words = ['rotate', '--dry-run', '--config', moduleWith('{ source }')];
    expect(await runCommandLine(words, { SECURITY_KEYS: KEYS })).toMatchObject({ code: 0 });
    const without = await runCommandLine(words);
    expect(without.code).toBe(2);
    expect(without.stderr).toMatch(
      /^nestjs-security: SecurityModule cannot start: keys is missing: .*\n$/,
    );
  });

  it.each([
    ['nothing', 'undefined', 'exports no object'],
    ['no source', '{ security }', 'exports no source'],
    ['a misspelt name', '{ soruce: source }', 'Did you mean "source"?'],
    ['a close that is none', '{ source, close: 7 }', 'close that is no function'],
  ])('refuses a module with %s', async (_, exported, message) => {
    const { code, stderr } = await runCommandLine(['rotate', '--config', moduleWith(exported)]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it('refuses a module that is not there, or does not load', async () => {
    const path = join(newFolder(), 'broken.mjs');
    writeFileSync(path, 'export default {');
    for (const file of [path, '/no/such/file.mjs']) {
      const { code, stderr } = await runCommandLine(['rotate', '--config', file]);
      expect(stderr).toContain('cannot be loaded');
      expect(code).toBe(2);
    }
  });
});

describe('a command line that cannot be run', () => {
  const somewhere = ['--table', 't', '--column', 'c'];

  it.each([
    [['rotate'], {}, 'say where the values are'],
    [['rotate', ...somewhere], {}, 'DATABASE_URL'],
    [['rotate', '--config', 'x.mjs', '--table', 't'], {}, 'cannot be used with'],
    [['rotate', ...somewhere, '--batch-size', '0'], {}, 'from 1 to 100000'],
    [
      ['rotate', '--table', 'a.b.c', '--column', 'c'],
      { DATABASE_URL: 'postgres://x' },
      'schema.table',
    ],
    [['rotate', ...somewhere], { DATABASE_URL: 'postgres://x' }, 'keys is missing'],
    [['rotate', '--dryrun', ...somewhere], {}, "unknown option '--dryrun'"],
  ])('%j ends with 2 and says why', async (words, environment, message) => {
    const { code, stdout, stderr } = await runCommandLine(words, environment);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([2, '']);
  });

  it('a database that cannot be reached ends with 1, and no password is shown', async () => {
    const url = 'postgres://user:hunter2@127.0.0.1:1/test';
    const { code, stdout, stderr } = await runCommandLine(['rotate', ...somewhere], {
      DATABASE_URL: url,
      SECURITY_KEYS: KEYS,
    });
    expect(code).toBe(1);
    expect(stderr).toContain('ECONNREFUSED');
    for (const secret of ['hunter2', testSecret('new'), testSecret('old')]) {
      expect(stdout + stderr).not.toContain(secret);
    }
  });
});
