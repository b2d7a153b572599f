import { spawnSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { BASE, FOLDER, STREAM, type AuditPlan } from '../support/audit-plan.js';
import { ATTACKED_PLANS } from '../support/audit-plans.attacked.js';
import { DAMAGED_PROOF_PLANS } from '../support/audit-plans.damaged-proofs.js';
import { DAMAGED_RECORD_PLANS } from '../support/audit-plans.damaged-records.js';
import { EXPORTED_PLANS } from '../support/audit-plans.exported.js';
import { HONEST_PLANS } from '../support/audit-plans.honest.js';
import { notRun } from '../support/not-run.js';
import { pythonWith } from '../support/python.js';
import {
  argumentsFor,
  VERIFIER,
  verifyAll,
  verifyCommand,
  writeLogs,
  type PythonVerdict,
  type WrittenLog,
} from '../support/python-audit-logs.js';

const PLANS = [
  ...HONEST_PLANS,
  ...ATTACKED_PLANS,
  ...DAMAGED_PROOF_PLANS,
  ...DAMAGED_RECORD_PLANS,
  ...EXPORTED_PLANS,
];
const WHOLE: AuditPlan = {
  name: 'a log with a bit of everything',
  streams: {
    [STREAM]: [...BASE, ['reseed'], ['records', 5], ['checkpoint'], ['cosign'], ['anchor']],
  },
  recovery: true,
  witness: true,
  exit: 0,
  kinds: [],
};

describe('The audit log verifier in Python', () => {
  const python = pythonWith('cryptography');
  if (!python) notRun('the audit log verifier in Python (needs cryptography)');
  const folder = mkdtempSync(join(tmpdir(), 'audit-python-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  let logs: ReadonlyMap<string, WrittenLog> = new Map();
  let verdicts: readonly PythonVerdict[] = [];
  beforeAll(() => {
    if (!python) return;
    logs = writeLogs(python, folder, [...PLANS, WHOLE]);
    verdicts = verifyAll(python, PLANS.map(commandOf));
  });
  const logOf = (plan: AuditPlan): WrittenLog => {
    const log = logs.get(plan.name);
    if (!log) throw new Error(`no log of ${plan.name}`);
    return log;
  };
  const commandOf = (plan: AuditPlan) => argumentsFor(plan, logOf(plan));

  it.each(PLANS.map((plan, at) => ({ ...plan, at })))('judges $name: $exit', (plan) => {
    if (!python) return;
    expect(seen(verdicts[plan.at])).toEqual({
      exit: plan.exit,
      kinds: [...new Set(plan.kinds)].toSorted(),
      first: plan.first ?? null,
    });
  });

  it('judges every log the same way without cryptography', () => {
    if (!python) return;
    const without = `sys.modules["cryptography"] = None`;
    expect(verifyAll(python, PLANS.map(commandOf), without)).toEqual(verdicts);
  });

  it('counts what it has read', () => {
    if (!python) return;
    const [verdict] = verifyAll(python, [commandOf(WHOLE)]);
    expect(verdict?.result).toEqual({
      status: 'clean',
      firstBadSeq: null,
      streams: [
        {
          stream: STREAM,
          status: 'clean',
          records: 105,
          signed: 105,
          anchored: 105,
          anchors: [
            {
              file: join(logOf(WHOLE).anchor, `${STREAM}.notes`),
              size: 105,
              time: '2026-11-27T02:00:10.500Z',
              isStale: false,
            },
          ],
          epochs: 3,
          closed: false,
          problems: [],
        },
      ],
    });
  });

  it('notices every change of a bit in the records', () => {
    if (!python) return;
    const segment = `${FOLDER}/seg-0000000000000050.jsonl`;
    const changes = fc.sample(
      fc.record({ at: fc.double({ min: 0, max: 0.999, noNaN: true }), bit: fc.nat(7) }),
      60,
    );
    const changed = changes.map((change) => damaged(logOf(WHOLE), segment, change));
    const found = verifyAll(python, changed);
    changes.forEach((change, at) => expect([change, found[at]?.exit]).toEqual([change, 1]));
  });

  it('gives a verdict whatever is done to a file', () => {
    if (!python) return;
    const files = ['checkpoint', 'epochs.notes', 'cosigned.notes', 'genesis.json', 'identity.vkey'];
    const change = fc.record({
      file: fc.constantFrom(...files.map((name) => `${FOLDER}/${name}`), `anchor/${STREAM}.notes`),
      at: fc.double({ min: 0, max: 0.999, noNaN: true }),
      bit: fc.nat(7),
      cut: fc.option(fc.nat(2000), { nil: undefined }),
      inserted: fc.option(fc.uint8Array({ maxLength: 100 }), { nil: undefined }),
    });
    const changes = fc.sample(change, 150);
    const changed = changes.map(({ file, ...rest }) => damaged(logOf(WHOLE), file, rest));
    verifyAll(python, changed).forEach(({ exit, stderr }, at) => {
      const isVerdict = [0, 1, 2].includes(exit);
      expect([changes[at], isVerdict, stderr]).toEqual([changes[at], true, '']);
    });
  });

  let copies = 0;
  /** Damages a copy of a log; the command line that verifies it. */
  function damaged(
    log: WrittenLog,
    file: string,
    change: {
      at: number;
      bit: number;
      cut?: number | undefined;
      inserted?: Uint8Array | undefined;
    },
  ): string[] {
    const copy = join(folder, `copy-${(copies += 1)}`);
    cpSync(join(log.directory, '..'), copy, { recursive: true });
    const path = join(copy, file);
    const bytes = readFileSync(path);
    const at = Math.floor(change.at * bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << change.bit);
    const rest = bytes.subarray(at + (change.cut ?? 0));
    writeFileSync(
      path,
      Buffer.concat([bytes.subarray(0, at), Buffer.from(change.inserted ?? []), rest]),
    );
    const [anchor, trust] = [join(copy, 'anchor'), join(copy, 'trust.json')];
    return argumentsFor(WHOLE, { ...log, directory: join(copy, 'log'), anchor, trust });
  }

  it('ends with 0, 1 or 2 as a command, and says what it found', () => {
    if (!python) return;
    const edited = PLANS.find(({ name }) => name.startsWith('edit of record 45')) ?? WHOLE;
    const { exit, stdout } = verifyCommand(python, ...commandOf(edited));
    expect(exit).toBe(1);
    expect(stdout).toContain('tampered: prev-wrong at record 45');
    expect(stdout).toContain('tampered; the first bad record is 45');
    expect(verifyCommand(python, ...commandOf(WHOLE))).toMatchObject({ exit: 0, stderr: '' });
    expect(verifyCommand(python, join(folder, '0', 'anchor')).exit).toBe(2);
  });

  it.each([
    ['no directory', []],
    ['an option that is unknown', ['.', '--trsut', 'x']],
    ['a date that is none', ['.', '--as-of', 'yesterday']],
    ['a negative age', ['.', '--max-age', '-1']],
    ['a trust file that is none', ['.', '--trust', 'package.json']],
    ['a trust file that is not there', ['.', '--trust', 'no-such-file']],
  ])('ends with 3 for %s', (_, given) => {
    if (!python) return;
    expect(verifyCommand(python, ...given)).toMatchObject({ exit: 3, stdout: '' });
  });

  it.each([
    [3, ['.', '--max-age', '-1']],
    [4, ['no-such-folder']],
  ])('ends with %d and says in JSON that nothing is known, with %j', (exit, given) => {
    if (!python) return;
    const result = verifyCommand(python, ...given, '--json');
    const message: unknown = expect.any(String);
    expect([result.exit, JSON.parse(result.stdout)]).toEqual([
      exit,
      { status: 'unknown', message },
    ]);
  });

  it('ends with 4 when its verdict cannot be written', () => {
    if (!python || !existsSync('/dev/full')) return;
    const full = openSync('/dev/full', 'w');
    const words = [VERIFIER, ...commandOf(WHOLE)];
    for (const given of [words, [...words, '--json']]) {
      const { status, stderr } = spawnSync(python, given, { stdio: ['ignore', full, 'pipe'] });
      expect([status, String(stderr)]).toEqual([
        4,
        'cannot write the verdict: No space left on device\n',
      ]);
    }
    closeSync(full);
  });

  it.each([
    ['directory', ['no-such-folder']],
    ['folder of an anchor', ['.', '--anchor', 'no-such-folder']],
  ])('ends with 4 when there is no such %s', (_, given) => {
    if (!python) return;
    const { exit, stderr } = verifyCommand(python, ...given);
    expect([exit, stderr]).toEqual([4, expect.stringContaining('no-such-')]);
  });
});

function seen(verdict: PythonVerdict | undefined) {
  const problems = verdict?.result?.streams.flatMap((stream) => stream.problems) ?? [];
  return {
    exit: verdict?.exit,
    kinds: [...new Set(problems.map(({ kind }) => kind))].toSorted(),
    first: verdict?.result?.firstBadSeq,
  };
}
