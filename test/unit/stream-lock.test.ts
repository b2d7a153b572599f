import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { lockStream } from '../../lib/audit/log/stream-lock.js';

let folder: string;
let children: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** A process that takes the lock, says whether it has it, and stays. */
async function contender(): Promise<{ child: ChildProcess; held: boolean }> {
  const script = join(folder, '..', `contender-${process.pid}.mjs`);
  const module = JSON.stringify(resolve('build/lib/audit/log/stream-lock.js'));
  writeFileSync(
    script,
    `import { lockStream } from ${module};
     const lock = await lockStream(process.argv[2]);
     process.send(lock !== undefined);
     setInterval(() => {}, 1000);`,
  );
  const child = fork(script, [folder], { execArgv: [] });
  children.push(child);
  const [held] = (await once(child, 'message')) as [boolean];
  return { child, held };
}

describe('the lock of a stream', () => {
  it('is held by one at a time', async () => {
    const lock = await lockStream(folder);
    expect(lock).toBeDefined();
    expect(await lockStream(folder)).toBeUndefined();
    await lock?.release();
    const again = await lockStream(folder);
    expect(again).toBeDefined();
    await again?.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is free again after its owner was killed', async () => {
    const { child, held } = await contender();
    expect(held).toBe(true);
    expect(await lockStream(folder)).toBeUndefined();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const lock = await lockStream(folder);
    expect(lock).toBeDefined();
    await lock?.release();
  });

  it('goes to exactly one of many that find its owner dead', async () => {
    const { child } = await contender();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const racers = await Promise.all(Array.from({ length: 6 }, () => contender()));
    expect(racers.filter(({ held }) => held)).toHaveLength(1);
  });

  it.each<[string, (path: string) => void]>([
    ['other permissions', (path) => chmodSync(path, 0o660)],
    ['a second name', (path) => linkSync(path, `${path}.copy`)],
  ])('is kept when somebody gives its file %s', async (_, change) => {
    const lock = await lockStream(folder);
    change(join(folder, 'lock.sock'));
    expect(await lock?.keep()).toBe(true);
    expect(await lockStream(folder)).toBeUndefined();
    await lock?.release();
  });

  it('that another has taken meanwhile is not released for it', async () => {
    const lock = await lockStream(folder);
    rmSync(join(folder, 'lock.sock'));
    const others = await lockStream(folder);
    expect(others).toBeDefined();
    await lock?.release();
    expect(await lockStream(folder)).toBeUndefined();
    await others?.release();
  });

  it("that was removed is taken again by two looks at a time, and is no other process's then", async () => {
    const lock = await lockStream(folder);
    rmSync(join(folder, 'lock.sock'));
    expect(await Promise.all([lock?.keep(), lock?.keep()])).toEqual([true, true]);
    await lock?.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('that is let go of while it is looked at is free afterwards', async () => {
    const lock = await lockStream(folder);
    rmSync(join(folder, 'lock.sock'));
    await Promise.all([lock?.keep(), lock?.release()]);
    const next = await lockStream(folder);
    expect(next).toBeDefined();
    await next?.release();
  });

  it('is let go of though its file cannot be removed', async () => {
    const lock = await lockStream(folder);
    renameSync(folder, `${folder}.aside`);
    writeFileSync(folder, '');
    await expect(lock?.release()).rejects.toMatchObject({ code: 'ENOTDIR' });
    rmSync(folder);
    renameSync(`${folder}.aside`, folder);
    const other = await lockStream(folder);
    expect(other).toBeDefined();
    await other?.release();
  });

  it('is a clear error where the path is too long for a socket', async () => {
    const deep = join(folder, 'x'.repeat(120));
    mkdirSync(deep);
    await expect(lockStream(deep)).rejects.toMatchObject({ code: 'AUDIT_DIRECTORY_UNUSABLE' });
  });
});
