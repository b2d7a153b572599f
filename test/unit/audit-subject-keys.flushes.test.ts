import { jest } from '@jest/globals';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as durable from '../../lib/keyring/durable-file.js';

const flushed: string[] = [];
let isInTrouble = false;
jest.unstable_mockModule('../../lib/keyring/durable-file.js', () => ({
  ...durable,
  async syncFolder(folder: string) {
    if (isInTrouble) throw Object.assign(new Error('EIO'), { code: 'EIO' });
    await durable.syncFolder(folder);
    flushed.push(folder);
  },
}));
const { SubjectKeyFiles } = await import('../../lib/audit/record/personal/subject-key-files.js');

const NAME = 'abcdefghijklmnopqrstuv';

describe('The folder of a key of a subject', () => {
  it.each(['create', 'bury'] as const)(
    'is flushed before %s resolves, though an attempt before could not flush it',
    async (what) => {
      const keys = mkdtempSync(join(tmpdir(), 'audit-'));
      const folder = join(keys, 'subjects');
      const files = new SubjectKeyFiles(folder);
      isInTrouble = true;
      await expect(files[what](NAME)).rejects.toMatchObject({ code: 'EIO' });
      isInTrouble = false;
      flushed.length = 0;
      await files[what](NAME);
      expect(flushed).toEqual([folder, keys, join(folder, 'ab')]);

      flushed.length = 0;
      await files[what](`abc${NAME.slice(3)}x`);
      expect(flushed).toEqual([join(folder, 'ab')]);
    },
  );
});
