import { parseTrust } from '../../lib/audit/log/verify/trust.js';
import { verifyLog } from '../../lib/audit/log/verify/verify-log.js';
import type { ProblemKind } from '../../lib/audit/log/verify/verify-report.js';
import { ATTACKED, ATTACKS, type Effort } from '../support/audit-attacks.js';
import { buildAuditLog } from '../support/audit-log-builder.js';

/** What has to be found: by which name, and which record is the first that is affected. */
type Found = readonly [kind: ProblemKind, firstBadSeq?: number];

/** What nobody can see in the files alone; it is never called clean. */
const UNSEEN: Found = ['anchor-missing'];

/** What is found without an anchor, and with one that holds a checkpoint over all 100 records. */
type Both = readonly [alone: Found, anchored: Found];

function always(...found: Found): Both {
  return [found, found];
}

const EXPECTED: Readonly<Record<string, Readonly<Record<Effort, Both>>>> = {
  'edit a record': {
    naive: always('record-changed', 45),
    earlier: always('epoch-invalid', 30),
    current: [UNSEEN, ['root-mismatch', 60]],
  },
  'delete a record': {
    naive: always('record-missing', 45),
    earlier: always('epoch-invalid', 30),
    current: [UNSEEN, ['records-missing', 99]],
  },
  'insert a record': {
    naive: always('record-repeated', 45),
    earlier: always('epoch-invalid', 30),
    current: [UNSEEN, ['root-mismatch', 60]],
  },
  'swap two records': {
    naive: always('record-missing', 45),
    earlier: always('epoch-invalid', 30),
    current: [UNSEEN, ['root-mismatch', 60]],
  },
  'cut the end off': {
    naive: always('records-missing', 45),
    earlier: always('checkpoint-invalid', 30),
    current: [UNSEEN, ['records-missing', 75]],
  },
  'restore an older state of the folder': {
    naive: always('records-missing', 45),
    earlier: [UNSEEN, ['records-missing', 45]],
    current: [UNSEEN, ['records-missing', 75]],
  },
  'strip signatures': {
    naive: always('checkpoint-invalid', 60),
    earlier: always('epoch-invalid', 30),
    current: always('checkpoint-invalid', 60),
  },
  'put another stream of the log into its place': {
    naive: always('genesis-invalid', 0),
    earlier: always('epoch-invalid', 30),
    current: [UNSEEN, ['root-mismatch', 60]],
  },
  'splice a segment of another log in': {
    naive: always('record-foreign', 40),
    earlier: always('epoch-invalid', 30),
    current: [UNSEEN, ['root-mismatch', 60]],
  },
  'replay an older checkpoint': {
    naive: always('checkpoint-outdated', 60),
    earlier: [UNSEEN, ['records-missing', 60]],
    current: [['unsigned-tail'], ['checkpoint-outdated', 70]],
  },
  'delete the statement of an epoch': {
    naive: always('epoch-missing', 0),
    earlier: always('checkpoint-invalid', 30),
    current: always('epoch-missing', 30),
  },
  'forge the statement of an epoch': {
    naive: always('epoch-invalid', 30),
    earlier: always('epoch-invalid', 30),
    current: [UNSEEN, ['root-mismatch', 60]],
  },
  'remove the whole stream': {
    naive: always('stream-missing', 0),
    earlier: always('stream-missing', 0),
    current: always('stream-missing', 0),
  },
  'remove or change the leaf hashes of pruned records': {
    naive: always('tiles-missing', 0),
    earlier: always('epoch-invalid', 30),
    current: [UNSEEN, ['root-mismatch', 60]],
  },
  'sign everything anew with the identity key only': {
    naive: always('checkpoint-invalid', 60),
    earlier: always('epoch-invalid', 30),
    current: always('checkpoint-invalid', 60),
  },
};

const EFFORTS: readonly Effort[] = ['naive', 'earlier', 'current'];
const ROWS = EFFORTS.flatMap((effort) => [
  { effort, anchor: 'without' as const },
  { effort, anchor: 'with' as const },
]);

describe('The table of attacks', () => {
  it('says of each of the 15 what is expected', () => {
    expect(Object.keys(EXPECTED)).toEqual(ATTACKS.map(({ title }) => title));
    expect(ATTACKS).toHaveLength(15);
  });
});

describe.each(ATTACKS)('To $title', ({ title, plan, run }) => {
  it.each(ROWS)(
    'gives what the table says ($effort, $anchor an anchor)',
    async ({ effort, anchor }) => {
      const others = { ...ATTACKED, fields: () => ({ reason: 'of the other stream' }) };
      const log = buildAuditLog(plan ?? ATTACKED, others);
      const [stream, other] = log.streams;
      if (!stream || !other) throw new Error('two streams were expected');
      const options = {
        trust: parseTrust(log.trust),
        anchors: anchor === 'with' ? [log.anchor] : [],
        asOf: new Date(log.end.getTime() + 5000),
      };
      try {
        const untouched = await verifyLog(log.directory, options);
        expect(untouched.status).toBe(anchor === 'with' ? 'clean' : 'incomplete');
        run(log, stream, other, effort);
        log.write();
        const report = await verifyLog(log.directory, options);
        const [kind, firstBadSeq] = EXPECTED[title]?.[effort][anchor === 'with' ? 1 : 0] ?? [];
        const found = report.streams.find((each) => each.stream === stream.name);
        expect(found?.problems.map((problem) => problem.kind)).toContain(kind);
        expect(report.firstBadSeq).toBe(firstBadSeq);
        expect(report.status).toBe(firstBadSeq === undefined ? 'incomplete' : 'tampered');
      } finally {
        log.remove();
      }
    },
  );

  it('is never clean without a trust file and an anchor, whatever the effort', async () => {
    for (const effort of EFFORTS) {
      const log = buildAuditLog(plan ?? ATTACKED, ATTACKED);
      const [stream, other] = log.streams;
      if (!stream || !other) throw new Error('two streams were expected');
      run(log, stream, other, effort);
      log.write();
      expect((await verifyLog(log.directory, { asOf: log.end })).status).not.toBe('clean');
      log.remove();
    }
  });
});
