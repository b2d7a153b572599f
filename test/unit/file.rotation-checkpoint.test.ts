import fc from 'fast-check';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EncryptionService,
  FileRotationCheckpoint,
  RotationService,
  type KeyEntry,
  type RotationPosition,
} from 'nestjs-security';
import { testKey } from '../support/keys.js';
import { MemoryRows } from '../support/memory-rows.js';
import { startServices } from '../support/services.js';

const POSITION = { source: 'memory', cursor: '4', keys: { '': 'new' } };

function newPath(): string {
  return join(mkdtempSync(join(tmpdir(), 'checkpoint-')), 'rotation.json');
}

describe('a FileRotationCheckpoint', () => {
  it('gives what was saved last, whatever it is', async () => {
    const path = newPath();
    const text = fc.string({ unit: 'binary', maxLength: 200 }).map((any) => any.toWellFormed());
    const position = fc.record({ source: text, cursor: text, keys: fc.dictionary(text, text) });
    const holds = async (saved: RotationPosition): Promise<void> => {
      await new FileRotationCheckpoint(path).save(saved);
      const loaded = await new FileRotationCheckpoint(path).load();
      expect(JSON.stringify(loaded)).toBe(JSON.stringify(saved));
    };
    await fc.assert(fc.asyncProperty(position, holds), { numRuns: 50 });
  });

  it('leaves out no key, whatever the name of its ring', async () => {
    const checkpoint = new FileRotationCheckpoint(newPath());
    const keys = { ['__proto__']: 'old', constructor: 'new' };
    await checkpoint.save({ ...POSITION, keys });
    expect(Object.entries((await checkpoint.load())?.keys ?? {})).toEqual(Object.entries(keys));
  });

  it('has nothing before it is saved and after it is cleared', async () => {
    const checkpoint = new FileRotationCheckpoint(newPath());
    expect(await checkpoint.load()).toBeUndefined();
    await checkpoint.save(POSITION);
    await checkpoint.clear();
    expect(await checkpoint.load()).toBeUndefined();
    await checkpoint.clear();
  });

  it('is one private file with one line, and leaves no other behind', async () => {
    const path = newPath();
    const checkpoint = new FileRotationCheckpoint(path);
    for (let cursor = 1; cursor <= 5; cursor += 1) {
      await checkpoint.save({ ...POSITION, cursor: String(cursor) });
    }
    expect(readdirSync(join(path, '..'))).toEqual(['rotation.json']);
    expect(readFileSync(path, 'utf8')).toBe(
      '{"v":1,"source":"memory","cursor":"5","keys":{"":"new"}}\n',
    );
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['empty', ''],
    ['cut', '{"v":1,"source":"memory","cur'],
    ['no JSON', 'memory 4'],
    ['of another version', '{"v":2,"source":"memory","cursor":"4","keys":{}}'],
    ['without a cursor', '{"v":1,"source":"memory","keys":{}}'],
    ['with more than there should be', '{"v":1,"source":"memory","cursor":"4","keys":{},"x":1}'],
    ['with a number for a cursor', '{"v":1,"source":"memory","cursor":4,"keys":{}}'],
    ['with a list of keys', '{"v":1,"source":"memory","cursor":"4","keys":["new"]}'],
    ['with no number of failures', '{"v":1,"source":"m","cursor":"4","keys":{},"failedCount":"1"}'],
    ['with half a failure', '{"v":1,"source":"m","cursor":"4","keys":{},"failedCount":0.5}'],
    ['null', 'null'],
    ['a list', '[]'],
    ['far too long', `{"v":1,"source":"memory","cursor":"${'4'.repeat(70_000)}","keys":{}}`],
  ])('is refused when it is %s', async (_, text) => {
    const path = newPath();
    writeFileSync(path, text);
    await expect(new FileRotationCheckpoint(path).load()).rejects.toMatchObject({
      code: 'ENC_CHECKPOINT_INVALID',
    });
  });

  it('saves nothing that it could not load', async () => {
    const checkpoint = new FileRotationCheckpoint(newPath());
    const cursor = 'x'.repeat(70_000);
    await expect(checkpoint.save({ ...POSITION, cursor })).rejects.toThrow(RangeError);
  });

  it('says it when it cannot be written', async () => {
    const checkpoint = new FileRotationCheckpoint(join(newPath(), 'in', 'no', 'folder'));
    await expect(checkpoint.save(POSITION)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a run with a checkpoint', () => {
  const rotationUnder = async (...keys: KeyEntry[]): Promise<RotationService> =>
    (await startServices({ keys })).module.get(RotationService);
  let old: EncryptionService;
  let rotation: RotationService;

  beforeAll(async () => {
    old = (await startServices({ keys: [testKey('old')] })).module.get(EncryptionService);
    rotation = await rotationUnder(testKey('new'), testKey('old'));
  });

  const filled = (): MemoryRows =>
    new MemoryRows(Array.from({ length: 10 }, (_, index) => old.seal(`${index}`)));

  /** Runs until the connection is lost at a row. */
  async function runUntil(cursor: string, table: MemoryRows, path: string): Promise<void> {
    table.beforeSwap = (at) => {
      if (at === cursor) throw new Error('connection lost');
    };
    const checkpoint = new FileRotationCheckpoint(path);
    const run = rotation.run({
      source: table.source(),
      dryRun: false,
      batchSize: 3,
      concurrency: 1,
      checkpoint,
    });
    await expect(run).rejects.toThrow('connection lost');
    table.beforeSwap = () => undefined;
  }

  it('goes on after the last batch of which all rows are settled', async () => {
    const [table, path] = [filled(), newPath()];
    await runUntil('8', table, path);
    expect(await new FileRotationCheckpoint(path).load()).toEqual({
      source: 'memory',
      cursor: '6',
      keys: { '': 'new' },
    });
    const checkpoint = new FileRotationCheckpoint(path);
    const report = await rotation.run({ source: table.source(), dryRun: false, checkpoint });
    expect(report).toMatchObject({
      resumedAfter: '6',
      scanned: 4,
      rotated: 3,
      alreadyCurrent: 1,
      done: true,
    });
    expect(await checkpoint.load()).toBeUndefined();
    const again = await rotation.run({ source: table.source(), dryRun: false, checkpoint });
    expect(again).toMatchObject({ resumedAfter: undefined, scanned: 10, rotated: 0 });
  });

  it('still tells of the rows before it that failed', async () => {
    const [table, path] = [filled(), newPath()];
    table.rows.set('2', { value: 'damaged' });
    await runUntil('8', table, path);
    const checkpoint = new FileRotationCheckpoint(path);
    expect(await checkpoint.load()).toMatchObject({ cursor: '6', failedCount: 1 });
    const options = { source: table.source(), dryRun: false, failFast: true, checkpoint };
    const report = await rotation.run(options);
    expect(report).toMatchObject({ resumedAfter: '6', rotated: 3, failedCount: 1, done: true });
    expect(report.failed).toEqual([]);
    expect(await rotation.run({ ...options, failFast: false })).toMatchObject({
      resumedAfter: undefined,
      failedCount: 1,
      failed: [{ cursor: '2', reason: 'ENC_TOKEN_INVALID' }],
    });
  });

  it('begins at the first row when another key has become primary meanwhile', async () => {
    const [table, path] = [filled(), newPath()];
    await runUntil('8', table, path);
    const later = await rotationUnder(testKey('newest'), testKey('new'), testKey('old'));
    const checkpoint = new FileRotationCheckpoint(path);
    const report = await later.run({ source: table.source(), dryRun: false, checkpoint });
    expect(report).toMatchObject({ resumedAfter: undefined, scanned: 10, rotated: 10 });
  });

  it('refuses the checkpoint of another source, and leaves it', async () => {
    const [table, path] = [filled(), newPath()];
    await runUntil('8', table, path);
    const checkpoint = new FileRotationCheckpoint(path);
    const source = table.source({ name: 'another' });
    await expect(rotation.run({ source, dryRun: false, checkpoint })).rejects.toMatchObject({
      code: 'ENC_CHECKPOINT_INVALID',
    });
    expect(await checkpoint.load()).toBeDefined();
  });

  it('does not pass the batch in which it failed fast', async () => {
    const table = filled();
    table.rows.set('5', { value: 'damaged' });
    const checkpoint = new FileRotationCheckpoint(newPath());
    const options = {
      source: table.source(),
      dryRun: false,
      failFast: true,
      batchSize: 3,
      checkpoint,
    };
    await rotation.run(options);
    expect(await checkpoint.load()).toMatchObject({ cursor: '3' });
    table.rows.set('5', { value: old.seal('mended') });
    expect(await rotation.run(options)).toMatchObject({
      resumedAfter: '3',
      failedCount: 0,
      done: true,
    });
  });

  it('neither reads nor writes it in a dry run', async () => {
    const path = newPath();
    writeFileSync(path, 'damaged');
    const checkpoint = new FileRotationCheckpoint(path);
    const report = await rotation.run({ source: filled().source(), checkpoint });
    expect(report).toMatchObject({ scanned: 10, done: true });
    expect(readFileSync(path, 'utf8')).toBe('damaged');
  });
});
