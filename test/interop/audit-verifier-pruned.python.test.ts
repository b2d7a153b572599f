import { notRun } from '../support/not-run.js';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { withStream } from '../support/audit-verification.js';
import { pythonWith, runPython } from '../support/python.js';
import { loadVerifier } from '../support/python-audit-logs.js';

/** Removes the oldest segment as often as it is told, each time behind the listing of the segments. */
const WITH_PRUNING = `
${loadVerifier}
import os
given = json.load(sys.stdin)
times, list_segments = given["times"], verify.list_segments
def pruned_meanwhile(stream):
    global times
    segments = list_segments(stream)
    if times > 0:
        times -= 1
        os.remove(segments[0].file.path)
    return segments
verify.list_segments = pruned_meanwhile
out = io.StringIO()
with contextlib.redirect_stdout(out):
    code = verify.main([*given["arguments"], "--json"])
problems = json.loads(out.getvalue())["streams"][0]["problems"]
print(json.dumps([code, [problem["kind"] for problem in problems]]))`;

describe('verify.py, of a log that is pruned while it is read,', () => {
  const python = pythonWith('json');
  if (!python) notRun('the audit log verifier in Python beside retention');

  it.each([
    [1, [0, []]],
    [9, [2, ['segments-vanished']]],
  ])('begins anew, and after %d times says at the most that it could not', async (times, told) => {
    if (!python) return;
    const segments = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90];
    const fields = (seq: number) =>
      seq === 95 ? { event: 'audit_segments_pruned', details: { through: 89 } } : {};
    await withStream({ segments, fields, tiles: 'all' }, (_, log) => {
      const trust = join(log.directory, '..', 'trust.json');
      writeFileSync(trust, log.trust);
      const asOf = log.end.toISOString();
      const where = ['--trust', trust, '--anchor', log.anchor, '--as-of', asOf];
      const input = { times, arguments: [log.directory, ...where] };
      expect(runPython(python, WITH_PRUNING, input)).toEqual(told);
    });
  });
});
