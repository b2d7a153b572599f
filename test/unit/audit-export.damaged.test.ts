import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { exportLog, type ExportReport } from '../../lib/audit/log/read/export-log.js';
import type { TestLog } from '../support/audit-log-builder.js';
import { segmentName, type StreamPlan, type TestStream } from '../support/audit-log-stream.js';
import { withStream } from '../support/audit-verification.js';

const FILTER = { event: 'authn_login_fail' };

function fields(seq: number) {
  return seq % 10 === 0 ? { event: 'authn_login_fail' } : {};
}

function exported(log: TestLog): Promise<ExportReport> {
  return exportLog(log.directory, FILTER, () => [], join(dirname(log.directory), 'evidence'));
}

/** Changes the segment that begins with a record. */
function edit(log: TestLog, first: number, change: (text: string) => string): void {
  const path = pathOf(log, segmentName(first));
  writeFileSync(path, change(readFileSync(path, 'latin1')), 'latin1');
}

function pathOf({ directory, streams: [stream] }: TestLog, file: string): string {
  return join(directory, stream?.name ?? '', file);
}

/** Changes one line of a segment; what is to stand there instead, with its LF. */
function editLine(log: TestLog, seq: number, change: (line: string) => string): void {
  const first = Math.floor(seq / 40) * 40;
  edit(log, first, (text) =>
    text
      .split(/(?<=\n)/)
      .map((line, at) => (at === seq - first ? change(line) : line))
      .join(''),
  );
}

type Damage = (log: TestLog, stream: TestStream) => void;

const DAMAGES: readonly (readonly [what: string, place: string, damage: Damage])[] = [
  [
    'a record that was changed',
    'record 45',
    (log) => editLine(log, 45, (line) => line.replace('success', 'failure')),
  ],
  [
    'a record that was changed so that it is not asked for',
    'record 50',
    (log) => editLine(log, 50, (line) => line.replace('login_fail', 'login_okay')),
  ],
  [
    'the last record of a segment changed',
    'record 79',
    (log) => editLine(log, 79, (line) => line.replace('success', 'failure')),
  ],
  [
    'the last record of all changed',
    'signed',
    (log) => editLine(log, 99, (line) => line.replace('success', 'failure')),
  ],
  [
    'all records from one on computed anew',
    'signed',
    (log, stream) => {
      stream.lines[95] = String(stream.lines[95]).replace('success', 'failure');
      stream.relink(95);
      log.write();
    },
  ],
  ['a record that was deleted', 'record 45', (log) => editLine(log, 45, () => '')],
  [
    'a record that stands there twice',
    'record 46',
    (log) => editLine(log, 45, (line) => line + line),
  ],
  [
    'foreign bytes with a line end',
    'record 45',
    (log) => editLine(log, 45, (line) => `\0\u00ff\n${line}`),
  ],
  [
    'foreign bytes within a line',
    'record 45',
    (log) => editLine(log, 45, (line) => `\0\u00ff${line}`),
  ],
  [
    'foreign bytes without a line end in the middle',
    'record 45',
    (log) => editLine(log, 45, () => 'x'.repeat(70_000)),
  ],
  [
    'a line that is longer than a record may be',
    'record 45',
    (log) => editLine(log, 45, () => `${'x'.repeat(70_000)}\n`),
  ],
  [
    'a line behind the last record that is none',
    'record 100',
    (log) => edit(log, 80, (text) => `${text}noise\n`),
  ],
  [
    'more behind the last record than a crash leaves',
    'record 100',
    (log) => edit(log, 80, (text) => text + '\0'.repeat(8 * 1024 * 1024 + 1)),
  ],
  [
    'a segment in the middle that was cut',
    'record 60',
    (log) =>
      edit(log, 40, (text) =>
        text
          .split(/(?<=\n)/)
          .slice(0, 20)
          .join(''),
      ),
  ],
  [
    'a segment in the middle that was cut within a line',
    'record 79',
    (log) => edit(log, 40, (text) => text.slice(0, -5)),
  ],
  [
    'an end that was cut',
    'record 90',
    (log) =>
      edit(log, 80, (text) =>
        text
          .split(/(?<=\n)/)
          .slice(0, 10)
          .join(''),
      ),
  ],
  [
    'an end that was cut within a signed line',
    'record 99',
    (log) => edit(log, 80, (text) => text.slice(0, -5)),
  ],
  ['an empty last segment', 'record 80', (log) => edit(log, 80, () => '')],
  ['no first segment', 'record 0', (log) => rmSync(pathOf(log, segmentName(0)))],
  ['no segment in the middle', 'record 40', (log) => rmSync(pathOf(log, segmentName(40)))],
  ['no last segment', 'record 80', (log) => rmSync(pathOf(log, segmentName(80)))],
  [
    'no segment at all',
    'record 0',
    (log) => [0, 40, 80].forEach((first) => rmSync(pathOf(log, segmentName(first)))),
  ],
  [
    'a link in the place of a segment',
    'record 80',
    (log) => {
      const path = pathOf(log, segmentName(80));
      renameSync(path, `${path}.aside`);
      symlinkSync(`${path}.aside`, path);
    },
  ],
  [
    'a segment of another stream',
    'record 40',
    (log) => edit(log, 40, (text) => text.replaceAll('0-stream00', '0-stream01')),
  ],
  ['no checkpoint', 'checkpoint', (log) => rmSync(pathOf(log, 'checkpoint'))],
  [
    'a checkpoint that is none',
    'checkpoint',
    (log) => writeFileSync(pathOf(log, 'checkpoint'), 'noise'),
  ],
  ['no genesis.json', 'genesis.json', (log) => rmSync(pathOf(log, 'genesis.json'))],
  [
    'a statement that is none',
    'epochs.notes',
    (log) => writeFileSync(pathOf(log, 'epochs.notes'), 'noise\n\nnoise\n\n'),
  ],
];

describe('An export of a log with', () => {
  it.each(DAMAGES)('%s is refused, and names the place', async (_, place, damage) => {
    await withStream({ fields, anchored: [] }, async (stream, log) => {
      damage(log, stream);
      const refusal: unknown = await exported(log).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'AUDIT_LOG_DAMAGED' });
      const { message } = refusal as Error;
      expect(message).toContain(place);
      expect(message).toContain(JSON.stringify(pathOf(log, '')).slice(0, -2));
      expect(message).toContain('nestjs-security audit verify');
      expect(readdirSync(dirname(log.directory)).toSorted()).toEqual(['anchor', 'log']);
    });
  });

  it('a changed record names the file and the byte', async () => {
    await withStream({ fields }, async (_, log) => {
      const path = pathOf(log, segmentName(40));
      editLine(log, 45, () => 'noise\n');
      const offset = readFileSync(path).indexOf('noise');
      await expect(exported(log)).rejects.toThrow(
        `record 45 is missing or was changed in ${JSON.stringify(path)}, byte ${offset}: `,
      );
    });
  });

  const PRUNED: StreamPlan = {
    prunedTo: 40,
    fields: (seq) =>
      seq === 90 ? { event: 'audit_segments_pruned', details: { through: 39 } } : fields(seq),
  };

  it.each<[string, StreamPlan, Damage, object]>([
    [
      'half a line that no checkpoint covers',
      { signed: 95 },
      (log) => edit(log, 80, (text) => text.slice(0, -5)),
      { records: 10 },
    ],
    [
      'zeros behind its last record, as a crash leaves them',
      {},
      (log) => edit(log, 80, (text) => text + '\0'.repeat(3_000_000)),
      { records: 10 },
    ],
    ['segments that were pruned', PRUNED, () => undefined, { records: 5 }],
    [
      'the rest of a write that failed',
      {},
      (log) => edit(log, 40, (text) => `${text}half a l`),
      { records: 10 },
    ],
    [
      'a statement that a crash cut off',
      {},
      (log) =>
        writeFileSync(
          pathOf(log, 'epochs.notes'),
          `${readFileSync(pathOf(log, 'epochs.notes'), 'utf8')}nestjs-sec`,
        ),
      { records: 10 },
    ],
  ])('%s is whole', async (_, plan, change, expected) => {
    await withStream({ fields, anchored: [], ...plan }, async (stream, log) => {
      change(log, stream);
      expect(await exported(log)).toMatchObject({ streams: [expected] });
      expect(existsSync(join(dirname(log.directory), 'evidence', 'export.json'))).toBe(true);
    });
  });

  it('a first segment of records that are gone, and a record about others, is refused', async () => {
    const plan: StreamPlan = {
      ...PRUNED,
      fields: (seq) =>
        seq === 90 ? { event: 'audit_segments_pruned', details: { through: 38 } } : fields(seq),
    };
    await withStream(plan, async (_, log) => {
      await expect(exported(log)).rejects.toMatchObject({ code: 'AUDIT_LOG_DAMAGED' });
    });
  });
});
