import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { parseTrust } from '../../lib/audit/log/verify/trust.js';
import { exportLog } from '../../lib/audit/log/read/export-log.js';
import { verifyExport } from '../../lib/audit/log/verify/verify-export.js';
import { verifyLog } from '../../lib/audit/log/verify/verify-log.js';
import type { StreamReport } from '../../lib/audit/log/verify/verify-report.js';
import { BASE, FOLDER, STREAM, type AuditPlan } from '../support/audit-plan.js';
import { ATTACKED_PLANS } from '../support/audit-plans.attacked.js';
import { DAMAGED_PROOF_PLANS } from '../support/audit-plans.damaged-proofs.js';
import { DAMAGED_RECORD_PLANS } from '../support/audit-plans.damaged-records.js';
import { EXPORTED_PLANS } from '../support/audit-plans.exported.js';
import { HONEST_PLANS } from '../support/audit-plans.honest.js';
import { ATTACKED, ATTACKS, type Attack, type Effort } from '../support/audit-attacks.js';
import { buildAuditLog, type TestLog } from '../support/audit-log-builder.js';
import { notRun } from '../support/not-run.js';
import { pythonWith } from '../support/python.js';
import {
  anchorsOf,
  argumentsFor,
  verifyAll,
  writeLogs,
  type PythonVerdict,
  type WrittenLog,
} from '../support/python-audit-logs.js';

const PLANS = [
  ...HONEST_PLANS,
  ...ATTACKED_PLANS,
  ...DAMAGED_PROOF_PLANS,
  ...DAMAGED_RECORD_PLANS,
  ...EXPORTED_PLANS.filter(({ options }) => options?.includes('--export')),
];
const WHOLE: AuditPlan = {
  name: 'a log with a bit of everything',
  streams: {
    [STREAM]: [...BASE, ['abandon'], ['records', 5], ['checkpoint'], ['cosign'], ['anchor']],
  },
  recovery: true,
  witness: true,
  exit: 0,
  kinds: [],
};
const EXPORTED: AuditPlan = {
  ...WHOLE,
  name: 'an export with a bit of everything',
  export: [0, 30, 31, 32, 33, 99],
  options: ['--export'],
};
const PROOFS = ['checkpoint', 'epochs.notes', 'cosigned.notes', 'genesis.json', 'identity.vkey'];
const EXIT = { clean: 0, tampered: 1, incomplete: 2 };

const EFFORTS: readonly Effort[] = ['naive', 'earlier', 'current'];

/** What both verifiers must agree on. */
interface Verdict {
  readonly exit: number;
  readonly first: number | null;
  /** What is said of anchors: the problems with the file that each names, and what each anchor holds. */
  readonly anchors: readonly (readonly unknown[])[];
}

const CHANGE = fc.record({
  file: fc.nat(),
  at: fc.double({ min: 0, max: 0.999, noNaN: true }),
  bit: fc.nat(7),
  cut: fc.option(fc.nat(2000), { nil: undefined }),
  inserted: fc.option(fc.uint8Array({ maxLength: 100 }), { nil: undefined }),
});

describe('The two verifiers of the audit log', () => {
  const python = pythonWith('cryptography');
  if (!python) notRun('the comparison of the audit log verifiers (needs cryptography)');
  const folder = mkdtempSync(join(tmpdir(), 'audit-verifiers-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  let logs: ReadonlyMap<string, WrittenLog> = new Map();
  let theirs: readonly PythonVerdict[] = [];
  beforeAll(() => {
    if (!python) return;
    logs = writeLogs(python, folder, [...PLANS, WHOLE, EXPORTED]);
    theirs = verifyAll(
      python,
      PLANS.map((plan) => argumentsFor(plan, logOf(plan))),
    );
  });
  const logOf = (plan: AuditPlan): WrittenLog => {
    const log = logs.get(plan.name);
    if (!log) throw new Error(`no log of ${plan.name}`);
    return log;
  };

  const numbered = PLANS.map((plan, at) => ({ ...plan, at }));

  it.each(numbered)('agree on $name', async (plan) => {
    if (!python) return;
    expect(await judged(plan, logOf(plan))).toEqual(read(theirs[plan.at]));
  });

  it('agree on every attack of the table, with and without an anchor', async () => {
    if (!python) return;
    const attacked = ATTACKS.flatMap((attack) =>
      EFFORTS.map((effort) => ({
        what: `${attack.title}: ${effort}`,
        ...attackedLog(attack, effort),
      })),
    );
    try {
      const cases = attacked.flatMap(({ what, written }) =>
        [WHOLE, { ...WHOLE, without: ['anchor'] as const }].map((plan) => ({
          what,
          plan,
          written,
        })),
      );
      const verdicts = verifyAll(
        python,
        cases.map(({ plan, written }) => argumentsFor(plan, written)),
      );
      for (const [at, { what, plan, written }] of cases.entries()) {
        expect([what, await judged(plan, written)]).toEqual([what, read(verdicts[at])]);
      }
    } finally {
      for (const { log } of attacked) log.remove();
    }
  });

  it('agree on an export that was made of a log', async () => {
    if (!python) return;
    const out = join(folder, 'export');
    await exportLog(logOf(WHOLE).directory, { event: 'login_succeeded' }, () => [], out);
    const plan: AuditPlan = { ...WHOLE, options: ['--export'], export: [] };
    const exported = { ...logOf(WHOLE), directory: out };
    const [verdict] = verifyAll(python, [argumentsFor(plan, exported)]);
    expect(verdict?.result?.streams[0]?.records).toBe(105);
    expect(read(verdict)).toMatchObject({ exit: 0, first: null });
    expect(await judged(plan, exported)).toEqual(read(verdict));
  });

  it('agree that a record whose prev was changed is bad, and not the one before it, in an export', async () => {
    if (!python) return;
    const copy = join(folder, 'other-prev');
    cpSync(dirname(logOf(EXPORTED).directory), copy, { recursive: true });
    const path = join(copy, FOLDER, 'records.jsonl');
    const [found, head, digit] =
      /("seq":32,"prev":")([0-9a-f])/.exec(readFileSync(path, 'utf8')) ?? [];
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace(found ?? '', `${head}${digit === '0' ? '1' : '0'}`));
    const exported = { ...logOf(EXPORTED), directory: join(copy, 'log') };
    const [verdict] = verifyAll(python, [argumentsFor(EXPORTED, exported)]);
    expect(read(verdict)).toMatchObject({ exit: 1, first: 32 });
    expect(await judged(EXPORTED, exported)).toEqual(read(verdict));
  });

  it.each([
    ['log', WHOLE, ['seg-0000000000000000.jsonl', 'seg-0000000000000050.jsonl']],
    ['export', EXPORTED, ['records.jsonl', 'proofs/31.tlog-proof', 'proofs/99.tlog-proof']],
  ])(
    'agree on whatever is done to a file of a whole %s',
    async (name, plan, records) => {
      if (!python) return;
      const files = [...PROOFS, ...records].map((file) => `${FOLDER}/${file}`);
      const paths = [...files, `anchor/${STREAM}.notes`];
      const changes = fc
        .sample(CHANGE, 200)
        .map((change) => ({ ...change, path: paths[change.file % paths.length] ?? '' }));
      const changed = changes.map((change, at) =>
        damaged(logOf(plan), join(folder, `${name}-${at}`), change),
      );
      const verdicts = verifyAll(
        python,
        changed.map((log) => argumentsFor(plan, log)),
      );
      for (const [at, log] of changed.entries()) {
        const [ours, verdict] = [await judged(plan, log), read(verdicts[at])];
        expect([changes[at], ours]).toEqual([changes[at], verdict]);
      }
    },
    120_000,
  );
});

/** A log of the table of attacks, after an attack. */
function attackedLog({ plan, run }: Attack, effort: Effort): { log: TestLog; written: WrittenLog } {
  const log = buildAuditLog(plan ?? ATTACKED, ATTACKED);
  const [stream, other] = log.streams;
  if (!stream || !other) throw new Error('two streams were expected');
  run(log, stream, other, effort);
  log.write();
  const trust = join(dirname(log.directory), 'trust.json');
  writeFileSync(trust, log.trust);
  const asOf = new Date(log.end.getTime() + 5000).toISOString();
  return { log, written: { directory: log.directory, anchor: log.anchor, trust, asOf } };
}

type Change = (typeof CHANGE extends fc.Arbitrary<infer T> ? T : never) & { readonly path: string };

/** Damages a copy of a log. */
function damaged(log: WrittenLog, copy: string, { path: file, ...change }: Change): WrittenLog {
  cpSync(dirname(log.directory), copy, { recursive: true });
  const path = join(copy, file);
  const bytes = readFileSync(path);
  const at = Math.floor(change.at * bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << change.bit);
  const rest = bytes.subarray(at + (change.cut ?? 0));
  writeFileSync(
    path,
    Buffer.concat([bytes.subarray(0, at), Buffer.from(change.inserted ?? []), rest]),
  );
  return {
    ...log,
    directory: join(copy, 'log'),
    anchor: join(copy, 'anchor'),
    trust: join(copy, 'trust.json'),
  };
}

async function judged(plan: AuditPlan, log: WrittenLog): Promise<Verdict> {
  const verify = plan.export ? verifyExport : verifyLog;
  const at = plan.options?.indexOf('--max-age') ?? -1;
  const report = await verify(log.directory, {
    ...(!plan.without?.includes('trust') && { trust: parseTrust(readFileSync(log.trust, 'utf8')) }),
    anchors: anchorsOf(plan, log),
    asOf: new Date(log.asOf),
    ...(at >= 0 && { maxAgeSeconds: Number(plan.options?.[at + 1]) }),
  });
  const anchors = report.streams.map(anchorsIn).toSorted(byStream);
  return { exit: EXIT[report.status], first: report.firstBadSeq ?? null, anchors };
}

function byStream([one]: readonly unknown[], [other]: readonly unknown[]): number {
  return String(one) < String(other) ? -1 : 1;
}

type StreamVerdict = NonNullable<PythonVerdict['result']>['streams'][number] | StreamReport;

function anchorsIn({ stream, anchors, problems }: StreamVerdict): unknown[] {
  const missing = problems.filter(({ kind }) => kind === 'anchor-missing');
  const isStale = problems.some(({ kind }) => kind === 'anchor-stale');
  // Where a stream began otherwise, one of them ends there.
  const isStrange = problems.some(({ kind }) => /^(genesis|identity)-/.test(kind));
  const held = anchors.map(({ file, size, time = null, isStale: isOld }) => [
    file,
    size,
    time,
    isOld,
  ]);
  return [stream, isStale, missing.map(({ file = null }) => file), isStrange ? [] : held];
}

function read(verdict: PythonVerdict | undefined): Verdict {
  const { exit = -1, result } = verdict ?? {};
  const anchors = (result?.streams ?? []).map(anchorsIn).toSorted(byStream);
  return { exit, first: result?.firstBadSeq ?? null, anchors };
}
