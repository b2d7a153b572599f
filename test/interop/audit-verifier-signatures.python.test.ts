import { randomBytes, randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { notRun } from '../support/not-run.js';
import { pythonWith, runPython } from '../support/python.js';
import { loadVerifier } from '../support/python-audit-logs.js';

interface Signed {
  readonly name: string;
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
  readonly valid: boolean;
}

const VECTORS = readFileSync('test/vectors/audit/ed25519.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Signed);

/** Points of small order and encodings beyond the field, which implementations judge differently. */
const STRANGE_KEYS = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  `01${'00'.repeat(30)}80`,
  `ec${'ff'.repeat(30)}7f`,
  `ec${'ff'.repeat(31)}`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
  'ff'.repeat(32),
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
];

describe('The signature check of the audit log verifier in Python', () => {
  const python = pythonWith('cryptography');
  if (!python) notRun('the signature check of the audit log verifier in Python');

  it('agrees with the vectors of RFC 8032 and Wycheproof, in both of its ways', () => {
    if (!python) return;
    const valid = VECTORS.map((vector) => vector.valid);
    expect(judged(python, VECTORS)).toEqual({ bundled: valid, cryptography: valid });
  });

  it('judges random and strange input the same way with and without cryptography', () => {
    if (!python) return;
    const genuine = VECTORS.filter((vector) => vector.valid);
    const changed = genuine.flatMap((vector) => [
      { ...vector, publicKey: flipped(vector.publicKey) },
      { ...vector, signature: flipped(vector.signature) },
      { ...vector, signature: vector.signature.slice(2) },
    ]);
    const strange = STRANGE_KEYS.flatMap((publicKey) =>
      [...STRANGE_KEYS, randomBytes(32).toString('hex')].map((r) => ({
        publicKey,
        message: randomBytes(3).toString('hex'),
        signature: `${r}${'00'.repeat(32)}`,
      })),
    );
    const { bundled, cryptography } = judged(python, [...changed, ...strange]);
    expect(bundled).toEqual(cryptography);
    expect(bundled.slice(0, changed.length)).not.toContain(true);
  });
});

function judged(python: string, signed: readonly Omit<Signed, 'name' | 'valid'>[]) {
  return runPython<{ bundled: boolean[]; cryptography: boolean[] }>(
    python,
    `${loadVerifier}
given = [[bytes.fromhex(each[name]) for name in ("publicKey", "signature", "message")] for each in json.load(sys.stdin)]
assert verify.Ed25519PublicKey is not None
cryptography = [verify.is_signed(*each) for each in given]
verify.Ed25519PublicKey = None
print(json.dumps({"cryptography": cryptography, "bundled": [verify.is_signed(*each) for each in given]}))`,
    signed,
  );
}

function flipped(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  const at = randomInt(bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << randomInt(8));
  return bytes.toString('hex');
}
