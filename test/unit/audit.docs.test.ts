import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Test } from '@nestjs/testing';
import { AuditService, SecurityModule } from 'nestjs-security';
import { isSensitiveName } from '../../lib/audit/record/sensitive-names.js';
import { SECURITY_EVENT_LEVELS } from '../../lib/events/vocabulary.js';
import { readStreams, type StreamLines } from '../support/audit-chain.js';
import { testKey } from '../support/keys.js';
import { tableRows } from '../support/markdown-table.js';
import { notRun } from '../support/not-run.js';
import { pythonWith } from '../support/python.js';

const page = readFileSync('docs/audit.md', 'utf8');

describe('docs/audit.md', () => {
  it('lists every event with its level', () => {
    const rows = tableRows(page, [
      'Event',
      'Level',
      'When',
      'Fields beside `outcome`',
      'Put together',
    ]);
    expect(rows.map(({ Event, Level }) => [Event, Level])).toEqual(
      Object.entries(SECURITY_EVENT_LEVELS).map(([event, level]) => [
        `\`${event}\``,
        `\`${level}\``,
      ]),
    );
  });

  it('names only fields that are taken out', () => {
    const [, list = ''] = /Anywhere in the name: (.*) The value becomes/.exec(page) ?? [];
    const names = Array.from(list.matchAll(/`([a-z]+)`/g), ([, name = '']) => name);
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter((name) => !isSensitiveName(name))).toEqual([]);
  });
});

describe('the Python script of docs/audit.md', () => {
  const python = pythonWith('hashlib', 'json');
  if (!python) notRun('the Python script of docs/audit.md');
  const [, script = ''] = /```python\n([\s\S]*?)```/.exec(page) ?? [];

  function verify({ folder }: { folder: string }, ...kept: string[]) {
    const { status, stdout, stderr } = spawnSync(python ?? '', ['-c', script, folder, ...kept], {
      encoding: 'utf8',
    });
    return { status, said: (stdout + stderr).trim() };
  }

  async function written(): Promise<StreamLines & { leafHashes: string[] }> {
    const directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
    const module = await Test.createTestingModule({
      imports: [SecurityModule.forRoot({ keys: [testKey('a')], audit: { directory } })],
    }).compile();
    await module.init();
    const leafHashes: string[] = [];
    for (const name of ['Zoë', 'a\u2028b', '\ud800']) {
      const receipt = await module
        .get(AuditService)
        .record({ event: 'user_created', details: { name } });
      leafHashes.push(receipt.leafHash);
    }
    await module.close();
    const [stream] = readStreams(directory);
    if (!stream) throw new Error('no stream was written');
    return { ...stream, leafHashes };
  }

  it('agrees with what was written and with every receipt', async () => {
    if (!python) return;
    const stream = await written();
    expect(verify(stream, ...stream.leafHashes)).toEqual({
      status: 0,
      said: `3 records hold together; the leaf hash of the last one is ${stream.leafHashes[2]}`,
    });
  });

  it('finds any one byte changed, in the last record by its receipt', async () => {
    if (!python) return;
    const stream = await written();
    const bytes = readFileSync(stream.segment);
    for (let at = 3; at < bytes.length; at += 41) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(stream.segment, changed);
      expect(verify(stream, ...stream.leafHashes).status).toBe(1);
    }
  });

  it('finds a record removed, a last line that is cut, and a stream under another name', async () => {
    if (!python) return;
    const stream = await written();
    const [first, , third] = stream.lines;
    writeFileSync(stream.segment, `${first}\n${third}\n`);
    expect(verify(stream).said).toBe('record 1 is damaged, or the one before it was changed');
    truncateSync(stream.segment, Buffer.byteLength(`${first}\n`) + 20);
    expect(verify(stream).status).toBe(1);
    writeFileSync(stream.segment, `${first}\n`);
    expect(verify(stream).status).toBe(0);
    const moved = { folder: `${stream.folder.slice(0, -8)}aaaaaaaa` };
    renameSync(stream.folder, moved.folder);
    expect(verify(moved).said).toBe('record 0 is damaged, or the one before it was changed');
  });

  it('cannot find that the end was cut off, unless a receipt was kept', async () => {
    if (!python) return;
    const stream = await written();
    writeFileSync(stream.segment, `${stream.lines[0]}\n`);
    expect(verify(stream).status).toBe(0);
    expect(verify(stream, ...stream.leafHashes).said).toContain('is missing or was changed');
  });
});
