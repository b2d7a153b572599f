import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditPlan } from '../support/audit-plan.js';
import { ATTACKED_PLANS } from '../support/audit-plans.attacked.js';
import { DAMAGED_PLANS } from '../support/audit-plans.damaged.js';
import { EXPORTED_PLANS } from '../support/audit-plans.exported.js';
import { HONEST_PLANS } from '../support/audit-plans.honest.js';
import { notRun } from '../support/not-run.js';
import { pythonWith } from '../support/python.js';
import {
  argumentsFor,
  verifyAll,
  writeLogs,
  type PythonVerdict,
} from '../support/python-audit-logs.js';

const PLANS = [...HONEST_PLANS, ...ATTACKED_PLANS, ...DAMAGED_PLANS, ...EXPORTED_PLANS];

describe('The audit log verifier in Python', () => {
  const python = pythonWith('cryptography');
  if (!python) notRun('the audit log verifier in Python (needs cryptography)');
  const folder = mkdtempSync(join(tmpdir(), 'audit-python-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const verdicts = new Map<string, PythonVerdict>();
  beforeAll(() => {
    if (!python) return;
    const logs = writeLogs(python, folder, PLANS);
    const commands = PLANS.map((plan) => commandOf(plan, logs));
    verifyAll(python, commands).forEach((verdict, at) => {
      verdicts.set(PLANS[at]?.name ?? '', verdict);
    });
  }, 120_000);

  it.each(PLANS)('judges $name: $exit', (plan) => {
    if (!python) return;
    expect(seen(verdicts.get(plan.name))).toEqual({
      exit: plan.exit,
      kinds: [...new Set(plan.kinds)].toSorted(),
      first: plan.first ?? null,
    });
  });
});

function commandOf(plan: AuditPlan, logs: ReturnType<typeof writeLogs>): string[] {
  const log = logs.get(plan.name);
  if (!log) throw new Error(`no log of ${plan.name}`);
  return argumentsFor(plan, log);
}

function seen(verdict: PythonVerdict | undefined) {
  const problems = verdict?.result?.streams.flatMap((stream) => stream.problems) ?? [];
  return {
    exit: verdict?.exit,
    kinds: [...new Set(problems.map(({ kind }) => kind))].toSorted(),
    first: verdict?.result?.firstBadSeq,
  };
}
