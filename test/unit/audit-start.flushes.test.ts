import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { privateKeyPem } from '../../lib/audit/log/writer/epoch-keys.js';
import { auditBody, crashedLog, onlyStream } from '../support/crashed-log.js';

const SCRIPT = resolve('build/test/support/observed-start.js');

/** What a start flushes, writes, cuts and removes, in order. */
function observedStart(...folders: readonly string[]): string[] {
  const said = execFileSync(process.execPath, [SCRIPT, ...folders], { timeout: 20_000 });
  return JSON.parse(said.toString()) as string[];
}

/** Which of two came first, where both have to come. */
function inOrder(order: readonly string[], first: string, second: string): boolean {
  expect(order).toContain(first);
  expect(order).toContain(second);
  return order.indexOf(first) < order.indexOf(second);
}

/*
 * What a process has written that was killed is there for whoever reads, and may not be on the disk: a
 * power failure a moment later takes it.
 */
describe('A start after a kill', () => {
  it('signs records only once the disk has them', async () => {
    const directory = await crashedLog(3);
    const { folder, segment } = onlyStream(directory);
    const order = observedStart(directory);
    expect(inOrder(order, `flush ${basename(segment)}`, 'write epochs.notes')).toBe(true);
    expect(inOrder(order, `flush ${basename(folder)}`, 'write epochs.notes')).toBe(true);
  });

  it('writes records only once the disk has the name of their stream', async () => {
    const directory = await crashedLog(3);
    const { segment } = onlyStream(directory);
    const order = observedStart(directory);
    expect(inOrder(order, `flush ${basename(directory)}`, `write ${basename(segment)}`)).toBe(true);
  });

  it('cuts a torn end off only once the disk has it, and its name, elsewhere', async () => {
    const directory = await crashedLog(3);
    const { folder, segment } = onlyStream(directory);
    appendFileSync(segment, '{"v":1');
    const order = observedStart(directory);
    const [torn = ''] = readdirSync(folder).filter((name) => name.startsWith('torn-'));
    const before = order.slice(0, order.indexOf(`cut ${basename(segment)}`));
    expect(inOrder(before, `write ${torn}`, `flush ${torn}`)).toBe(true);
    expect(before.lastIndexOf(`flush ${basename(folder)}`)).toBeGreaterThan(
      before.indexOf(`flush ${torn}`),
    );
  });

  it('destroys the key of an epoch only once the disk has the statement that ended it', async () => {
    const directory = await crashedLog(3);
    const { folder, name } = onlyStream(directory);
    const keys = join(directory, 'keys');
    copyFileSync(join(keys, `${name}.0.pem`), join(keys, 'kept'));
    const log = new FileAuditLog(directory, { writer: 'inline', limits: { reserveBytes: 0 } });
    await log.open();
    await log.append(auditBody(4));
    await log.close();
    // As it was between the statement and the rest of the turn.
    renameSync(join(keys, 'kept'), join(keys, `${name}.0.pem`));
    renameSync(join(keys, `${name}.1.pem`), join(keys, `${name}.1.pem.next`));
    expect(readdirSync(folder)).toContain('epochs.notes');
    const order = observedStart(directory);
    expect(inOrder(order, 'flush epochs.notes', `remove ${name}.0.pem`)).toBe(true);
  });

  it('names a key that is there already as the next one only once the disk has it', async () => {
    const directory = await crashedLog(3);
    const { name } = onlyStream(directory);
    const left = `${name}.1.pem.next`;
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(join(directory, 'keys', left), privateKeyPem(privateKey));
    const order = observedStart(directory);
    expect(inOrder(order, `write ${left}`, `flush ${left}`)).toBe(true);
    expect(inOrder(order, `flush ${left}`, 'write epochs.notes')).toBe(true);
    expect(inOrder(order, 'flush keys', 'write epochs.notes')).toBe(true);
    const taken = readFileSync(join(directory, 'keys', `${name}.1.pem`), 'utf8');
    expect(taken).toBe(privateKeyPem(privateKey));
  });
});

describe('A first start', () => {
  it('lets the disk know the names of all folders that it makes', () => {
    const root = mkdtempSync(join(tmpdir(), 'audit-'));
    const order = observedStart(join(root, 'a', 'b', 'log'), join(root, 'a', 'c', 'keys'));
    const parents = [basename(root), 'a', 'b', 'c'].map((name) => `flush ${name}`);
    expect(order).toEqual(expect.arrayContaining(parents));
  });

  it('lets it know the name of a folder that is there already: whoever made it may have been killed', () => {
    const root = mkdtempSync(join(tmpdir(), 'audit-'));
    mkdirSync(join(root, 'a', 'b'), { recursive: true });
    const order = observedStart(join(root, 'a', 'b', 'log'));
    expect(inOrder(order, 'flush a', 'flush b')).toBe(true);
    expect(observedStart(join(root, 'a', 'b', 'log'))).toContain('flush b');
  });
});
