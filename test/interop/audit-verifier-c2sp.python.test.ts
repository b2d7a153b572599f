import { readFileSync } from 'node:fs';
import { notRun } from '../support/not-run.js';
import { pythonWith, runPython } from '../support/python.js';
import { loadVerifier } from '../support/python-audit-logs.js';

const VECTORS = 'test/vectors/audit';
const json = <T>(name: string) => JSON.parse(readFileSync(`${VECTORS}/${name}`, 'utf8')) as T;

interface NoteCase {
  readonly vkey: string;
  readonly note: string;
  readonly valid: boolean;
}
interface ProofCase {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

describe('What the audit log verifier in Python knows of C2SP', () => {
  const python = pythonWith('hashlib');
  if (!python) notRun('the C2SP vectors in Python');
  const run = <T>(command: string, lines: string, input: unknown) =>
    runPython<T>(command, `${loadVerifier}\ngiven = json.load(sys.stdin)\n${lines}`, input);

  it('verifies the notes of others, and refuses a changed one', () => {
    if (!python) return;
    const cases = json<NoteCase[]>('c2sp/signed-note.json');
    const valid = run<boolean[]>(
      python,
      `def verified(each):
    key = verify.parse_vkey(each["vkey"], verify.ED25519)
    return bool(verify.verified_keys(verify.parse_note(each["note"].encode()), [key]))
print(json.dumps([verified(each) for each in given]))`,
      cases,
    );
    expect(valid).toEqual(cases.map((each) => each.valid));
  });

  it('verifies the cosignature that a real witness gave a real log, and its time', () => {
    if (!python) return;
    const given = json<Record<'log' | 'witness' | 'note', string> & { time: number }>(
      'c2sp/cosigned-checkpoint.json',
    );
    const times = run<Record<string, number>>(
      python,
      `keys = [verify.parse_vkey(given["log"], 1), verify.parse_vkey(given["witness"], 4)]
verified = verify.verified_keys(verify.parse_note(given["note"].encode()), keys)
print(json.dumps({key.name: verified[key] for key in verified}))`,
      given,
    );
    const [log = '', witness = ''] = [given.log, given.witness].map((key) => key.split('+')[0]);
    expect(times).toEqual({ [log]: 0, [witness]: given.time });
  });

  it('refuses what is no note', () => {
    if (!python) return;
    const [{ note = '' } = {}] = json<Partial<NoteCase>[]>('c2sp/signed-note.json');
    const changed = [
      note.replace('\n\n', '\n'),
      note.slice(0, -1),
      note.replace('example message', 'example\tmessage'),
      note.replace('— ', '- '),
      note.replace('example.com/foo ', ' '),
      note.replace('example.com/foo ', 'example.com/+foo '),
      note.replace('example.com/foo ', 'example.com/\u00a0foo '),
      note.replace('=', ''),
      note.replace(/Uw2Q.*/, 'AAAA'),
      `${note}\n`,
      `${note}x`,
      `${'x'.repeat(70_000)}${note}`,
    ];
    const parsed = run<boolean[]>(
      python,
      `print(json.dumps([verify.parse_note(each.encode()) is not None for each in given]))`,
      [note, ...changed],
    );
    expect(parsed).toEqual([true, ...changed.map(() => false)]);
  });

  it('follows inclusion proofs as transparency-dev does', () => {
    if (!python) return;
    const cases = readFileSync(`${VECTORS}/rfc6962-merkle/inclusion.jsonl`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as ProofCase);
    const failed = run<boolean[]>(
      python,
      `import base64
def failed(each):
    if min(each["leafIdx"], each["treeSize"]) < 0 or not each["leafHash"]:
        return True  # what the verifier cannot come to ask
    proof = [base64.b64decode(hash) for hash in each["proof"] or []]
    leaf = base64.b64decode(each["leafHash"] or "")
    root = verify.root_of_proof(leaf, each["leafIdx"], each["treeSize"], proof)
    return root != base64.b64decode(each["root"] or "")
print(json.dumps([failed(each) for each in given]))`,
      cases,
    );
    expect(failed).toEqual(cases.map((each) => each.wantErr));
  });

  it('computes the roots of a log of Tessera at every size', () => {
    if (!python) return;
    const sizes = Array.from({ length: 16 }, (_, size) => size);
    const roots = sizes.map(
      (size) => readFileSync(`${VECTORS}/tlog-tiles-log/checkpoint.${size}`, 'utf8').split('\n')[2],
    );
    const leaves = readFileSync(`${VECTORS}/tlog-tiles-log/tile/0/000.p/15`).toString('hex');
    const computed = run<string[]>(
      python,
      `import base64
tree, leaves = verify.Tree(), bytes.fromhex(given)
roots = [tree.root()]
for at in range(0, len(leaves), 32):
    tree.append(leaves[at : at + 32])
    roots.append(tree.root())
print(json.dumps([base64.b64encode(root).decode() for root in roots]))`,
      leaves,
    );
    expect(computed).toEqual(roots);
  });

  it('reads proofs as transparency-dev does', () => {
    if (!python) return;
    const { cases } = json<{ cases: { text: string; valid: boolean }[] }>(
      'c2sp/tlog-proof-cases.json',
    );
    const valid = run<boolean[]>(
      python,
      `def is_proof(text):
    try:
        return bool(verify.parse_proof(text.encode()))
    except verify.Rejected:
        return False
print(json.dumps([is_proof(each["text"]) for each in given]))`,
      cases,
    );
    expect(valid).toEqual(cases.map((each) => each.valid));
  });
});
