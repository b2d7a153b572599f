import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { BASE, STREAM, type AuditPlan } from './audit-plan.js';
import { runPython } from './python.js';

export const VERIFIER = 'sample/06-audit-log/verify.py';

/** Where the generator put the log of a plan. */
export interface WrittenLog {
  readonly directory: string;
  readonly anchor: string;
  readonly trust: string;
  readonly asOf: string;
}

/** What `verify.py --json` prints, and its exit code. */
export interface PythonVerdict {
  readonly exit: number;
  readonly stderr: string;
  readonly result?: {
    readonly status: string;
    readonly firstBadSeq: number | null;
    readonly streams: readonly {
      readonly stream: string;
      readonly status: string;
      readonly records: number;
      readonly signed: number;
      readonly anchored: number;
      readonly anchors: readonly {
        readonly file: string;
        readonly size: number;
        readonly time: string | null;
        readonly isStale: boolean;
      }[];
      readonly epochs: number;
      readonly closed: boolean;
      readonly problems: readonly {
        readonly kind: string;
        readonly grade: string;
        readonly seq: number | null;
        readonly file: string | null;
        readonly message: string;
      }[];
    }[];
  };
}

/** Has `python-audit-log.py` write the log of each plan below a folder. */
export function writeLogs(
  python: string,
  folder: string,
  plans: readonly AuditPlan[],
): ReadonlyMap<string, WrittenLog> {
  const input = JSON.stringify(plans.map((plan) => ({ streams: { [STREAM]: BASE }, ...plan })));
  const { status, stdout, stderr } = spawnSync(
    python,
    ['test/support/python-audit-log.py', folder],
    { input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) throw new Error(`The generator failed: ${stderr}`);
  return new Map(Object.entries(JSON.parse(stdout) as Record<string, WrittenLog>));
}

/** The anchors that a verifier is given. */
export function anchorsOf(plan: AuditPlan, { anchor }: WrittenLog): string[] {
  return [
    ...(plan.without?.includes('anchor') ? [] : [anchor]),
    ...(plan.secondAnchor === undefined ? [] : [join(dirname(anchor), 'second-anchor')]),
  ];
}

/** The command line that verifies a log as its plan says. */
export function argumentsFor(plan: AuditPlan, log: WrittenLog): string[] {
  return [
    log.directory,
    ...(plan.without?.includes('trust') ? [] : ['--trust', log.trust]),
    ...anchorsOf(plan, log).flatMap((anchor) => ['--anchor', anchor]),
    '--as-of',
    log.asOf,
    ...(plan.options ?? []),
  ];
}

/** Lines of Python after which `verify` is the verifier as a module. */
export const loadVerifier = `
import contextlib, importlib.util, io, json, sys
spec = importlib.util.spec_from_file_location("verify", ${JSON.stringify(VERIFIER)})
verify = importlib.util.module_from_spec(spec)
sys.modules["verify"] = verify
spec.loader.exec_module(verify)`;

/** Runs `verify.py` once with each of these command lines, all in one process. */
export function verifyAll(
  python: string,
  commands: readonly (readonly string[])[],
  before = '',
): PythonVerdict[] {
  return runPython(
    python,
    `import sys
${before}
${loadVerifier}
def run(arguments):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = verify.main([*arguments, "--json"])
    verdict = {"exit": code, "stderr": err.getvalue()}
    if out.getvalue():
        verdict["result"] = json.loads(out.getvalue())
    return verdict
print(json.dumps([run(each) for each in json.load(sys.stdin)]))`,
    commands,
  );
}

/** Runs `verify.py` as a command. */
export function verifyCommand(python: string, ...given: string[]) {
  const { status, stdout, stderr } = spawnSync(python, [VERIFIER, ...given], { encoding: 'utf8' });
  return { exit: status, stdout, stderr };
}
