import fc from 'fast-check';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { queryLog } from '../../lib/audit/log/read/query-log.js';
import type { RecordFilter } from '../../lib/audit/log/read/record-filter.js';
import { buildAuditLog } from '../support/audit-log-builder.js';
import { segmentName, type StreamPlan } from '../support/audit-log-stream.js';
import { withStream } from '../support/audit-verification.js';

const EVENTS = ['authn_login_fail', 'authn_login_success', 'user_created'];
const LEVELS = ['info', 'warn', 'critical'] as const;

/** Records of every kind, in no particular order. */
function fields(seq: number): Readonly<Record<string, unknown>> {
  return {
    event: EVENTS[(seq * 7) % 3],
    level: LEVELS[(seq * 5) % 3],
    outcome: seq % 2 === 0 ? 'success' : 'failure',
    actor: {
      type: 'user',
      id: String(seq % 4),
      pseudo: `p1.k${seq % 2}.${seq % 3}`,
      tenant: `t"${seq % 2}`,
    },
    target: { type: seq % 2 === 0 ? 'report' : 'invoice', id: String(seq % 5) },
  };
}

async function idsOf(
  plan: StreamPlan,
  filter: RecordFilter,
  pseudonyms: readonly string[] = [],
): Promise<number[]> {
  return withStream({ fields, ...plan }, async (_, { directory }) => {
    const records = await queryLog(directory, filter, () => pseudonyms);
    return records.map(({ seq }) => seq);
  });
}

function all(test: (seq: number) => boolean, records = 100): number[] {
  return Array.from({ length: records }, (_, seq) => seq).filter(test);
}

describe('queryLog', () => {
  it('gives the newest records, oldest first, 100 unless told', async () => {
    expect(await idsOf({ records: 250 }, {})).toEqual(all((seq) => seq >= 150, 250));
    expect(await idsOf({}, { limit: 3 })).toEqual([97, 98, 99]);
    expect(await idsOf({ records: 0, statements: [], segments: [0], anchored: [] }, {})).toEqual(
      [],
    );
  });

  it.each<[string, RecordFilter, (seq: number) => boolean]>([
    ['an event', { event: 'user_created' }, (seq) => (seq * 7) % 3 === 2],
    ['events', { event: ['user_created', 'authn_login_fail'] }, (seq) => (seq * 7) % 3 !== 1],
    ['a level', { level: 'warn' }, (seq) => (seq * 5) % 3 === 1],
    ['an outcome', { outcome: 'failure' }, (seq) => seq % 2 === 1],
    ['an actor', { actor: { id: '3' } }, (seq) => seq % 4 === 3],
    ['a tenant, whatever it is called', { actor: { tenant: 't"1' } }, (seq) => seq % 2 === 1],
    ['a kind of target', { target: { type: 'invoice' } }, (seq) => seq % 2 === 1],
    ['a target', { target: { type: 'report', id: '4' } }, (seq) => seq % 10 === 4],
    [
      'all at once',
      { event: 'user_created', level: 'warn', actor: { id: '3' } },
      (seq) => seq % 4 === 3 && (seq * 7) % 3 === 2 && (seq * 5) % 3 === 1,
    ],
    ['nothing', { event: 'nothing_like_it' }, () => false],
  ])('finds records by %s', async (_, filter, test) => {
    expect(await idsOf({}, filter)).toEqual(all(test));
  });

  it('finds an identifier by each of its pseudonyms', async () => {
    const filter = { actor: { identifier: { type: 'email', value: 'alice@example.com' } } };
    expect(await idsOf({}, filter, ['p1.k0.2', 'p1.k1.1'])).toEqual(
      all((seq) => seq % 6 === 2 || seq % 6 === 1),
    );
    expect(await idsOf({}, filter, [])).toEqual([]);
  });

  it('finds records by time, the first moment included and the last one not', async () => {
    const start = Date.parse('2026-11-27T02:00:00.000Z');
    const at = (seq: number) => new Date(start + seq * 100);
    expect(await idsOf({}, { since: at(95) })).toEqual([95, 96, 97, 98, 99]);
    expect(await idsOf({}, { until: at(3) })).toEqual([0, 1, 2]);
    expect(await idsOf({}, { since: at(10), until: at(12) })).toEqual([10, 11]);
  });

  it('finds records that were written while the clock was set back', async () => {
    const start = Date.parse('2026-11-27T02:00:00.000Z');
    const time = (seq: number) => new Date(start + (seq === 50 ? -1000 : seq * 100)).toISOString();
    const plan = { fields: (seq: number) => ({ ...fields(seq), time: time(seq) }) };
    expect(await idsOf(plan, { since: new Date(start + 4000) })).toEqual(
      all((seq) => seq >= 40 && seq !== 50),
    );
  });

  it('merges streams by time, and keeps the order within each', async () => {
    const log = buildAuditLog(
      { records: 4, statements: [], segments: [0], anchored: [], recordMs: 200 },
      { records: 4, statements: [], segments: [0], anchored: [], recordMs: 300 },
    );
    const ids = async (filter: RecordFilter) =>
      (await queryLog(log.directory, filter, () => [])).map(({ id }) => id.replace(/-.*:/, ':'));
    expect(await ids({})).toEqual(['0:0', '1:0', '0:1', '1:1', '0:2', '0:3', '1:2', '1:3']);
    expect(await ids({ limit: 3 })).toEqual(['0:3', '1:2', '1:3']);
    expect(await ids({ stream: '1-stream01' })).toEqual(['1:0', '1:1', '1:2', '1:3']);
    expect(await ids({ stream: 'no stream' })).toEqual([]);
    log.remove();
  });

  it('reads records of every length across its windows', async () => {
    const check = fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 30 }),
      async (lengths) => {
        const plan = {
          records: lengths.length,
          statements: [],
          anchored: [],
          segments: lengths.length > 10 ? [0, 7] : [0],
          fields: (seq: number) => ({ details: { text: 'x'.repeat(lengths[seq] ?? 0) } }),
        };
        expect(await idsOf(plan, { limit: 1000 })).toEqual([...lengths.keys()]);
      },
    );
    await fc.assert(check, { numRuns: 15 });
  });

  it('passes over what a crash has left', async () => {
    await withStream({ fields }, async (stream, log) => {
      stream.surplus.set(40, Buffer.from(`${stream.lines[10]}\nnoise\n{"v":1,`));
      log.write();
      appendFileSync(join(log.directory, stream.name, segmentName(80)), '{"v":1,"seq":100,');
      const records = await queryLog(log.directory, {}, () => []);
      expect(records.map(({ seq }) => seq)).toEqual(all(() => true));
    });
  });

  it('does not pass over records that are gone', async () => {
    await withStream({ fields }, async (stream, log) => {
      const path = join(log.directory, stream.name, segmentName(40));
      const lines = readFileSync(path, 'utf8').split('\n');
      const code = 'AUDIT_LOG_DAMAGED';
      for (const gone of [0, 20, 39]) {
        writeFileSync(path, lines.toSpliced(gone, 1).join('\n'));
        await expect(queryLog(log.directory, {}, () => [])).rejects.toMatchObject({ code });
      }
    });
  });

  it.each([{ limit: 0 }, { limit: 1001 }, { limit: 1.5 }, { since: new Date(NaN) }])(
    'refuses %j',
    async (filter) => {
      await expect(queryLog('.', filter, () => [])).rejects.toBeInstanceOf(RangeError);
    },
  );

  it('says when there is no log', async () => {
    await expect(queryLog('./nowhere', {}, () => [])).rejects.toMatchObject({
      code: 'AUDIT_LOG_UNREADABLE',
    });
  });
});
