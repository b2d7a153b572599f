import { generateKeyPairSync, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Frontier } from '../../lib/audit/log/merkle/frontier.js';
import { inclusionProof, verifyInclusion } from '../../lib/audit/log/merkle/inclusion-proof.js';
import { LeafNodes } from '../../lib/audit/log/merkle/tree-nodes.js';
import { checkpointText, parseCheckpoint } from '../../lib/audit/log/note/checkpoint.js';
import { noteSigner, rawPublicKey } from '../../lib/audit/log/note/note-signer.js';
import { openNote, signNote } from '../../lib/audit/log/note/signed-note.js';
import {
  parseTlogProof,
  tlogProofText,
  type TlogProof,
} from '../../lib/audit/log/note/tlog-proof.js';
import { verifierKey } from '../../lib/audit/log/note/verifier-key.js';

const HASH = Buffer.alloc(32, 0xfb);
const CHECKPOINT = 'example.com/log\n1\nroot\n\n\u2014 example.com/log AAAAAAA=\n';
const proof: TlogProof = { index: 3, hashes: [HASH, HASH], checkpoint: CHECKPOINT };
const hash64 = HASH.toString('base64');
const TEXT = `c2sp.org/tlog-proof@v1\nindex 3\n${hash64}\n${hash64}\n\n${CHECKPOINT}`;

const bytes = (minLength: number, maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength, maxLength }).map((list) => Buffer.from(list));

describe('A proof that is kept apart from the log', () => {
  it('is written line by line and read again', () => {
    expect(tlogProofText(proof)).toBe(TEXT);
    expect(parseTlogProof(TEXT)).toEqual(proof);
    const extra = Buffer.from('more');
    const text = TEXT.replace('index', 'extra bW9yZQ==\nindex');
    expect(tlogProofText({ ...proof, extra })).toBe(text);
    expect(parseTlogProof(text)).toEqual({ ...proof, extra });
  });

  it('convinces a reader who has only the key of the log', async () => {
    const leaves = Array.from({ length: 21 }, () => randomBytes(32));
    const frontier = new Frontier();
    for (const leaf of leaves) frontier.append(leaf);
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const origin = 'example.com/log';
    const text = checkpointText({ origin, size: 21, root: frontier.root(), extensions: [] });
    const checkpoint = signNote(text, [noteSigner(origin, privateKey)]);
    const hashes = await inclusionProof(13, 21, new LeafNodes(leaves));
    const kept = tlogProofText({ index: 13, hashes, checkpoint });

    const read = parseTlogProof(kept);
    const opened = openNote(read?.checkpoint ?? '', [verifierKey(origin, rawPublicKey(publicKey))]);
    const { size = 0, root = HASH } = parseCheckpoint(opened?.text ?? '') ?? {};
    const claim = { index: read?.index ?? 0, size, root, proof: read?.hashes ?? [] };
    expect(verifyInclusion({ ...claim, leaf: leaves[13] ?? HASH })).toBe(true);
    expect(verifyInclusion({ ...claim, leaf: leaves[12] ?? HASH })).toBe(false);
  });

  it('is the same after it was written and read (property)', () => {
    const proofs = fc.record(
      {
        index: fc.maxSafeNat(),
        hashes: fc.array(bytes(32, 32), { maxLength: 63 }),
        checkpoint: fc.constantFrom(CHECKPOINT, 'x\n', 'x\n\n\ny\n\n'),
        extra: bytes(1, 100),
      },
      { requiredKeys: ['index', 'hashes', 'checkpoint'] },
    );
    fc.assert(
      fc.property(proofs, (each) => {
        expect(parseTlogProof(tlogProofText(each))).toEqual(each);
      }),
    );
  });

  it('is read only as it would be written (property)', () => {
    const text = TEXT.replace('index', 'extra bW9yZQ==\nindex');
    const changes = fc.oneof(
      fc.string({ maxLength: 2, unit: 'binary' }),
      fc.constantFrom('\n', '\n\n', ' ', '0', '\r', '=', '-'),
    );
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(2), changes, (at, gone, change) => {
        const changed = text.slice(0, at) + change + text.slice(at + gone);
        const read = parseTlogProof(changed);
        expect(read && tlogProofText(read)).toBe(read && changed);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['another version', TEXT.replace('@v1', '@v2')],
    ['an index with a leading zero', TEXT.replace('index 3', 'index 03')],
    ['an index beyond the safe integers', TEXT.replace('index 3', 'index 9007199254740992')],
    ['two indices', TEXT.replace('index 3', 'index 3\nindex 3')],
    ['an empty extra', TEXT.replace('index', 'extra \nindex')],
    ['an extra behind the index', TEXT.replace('index 3', 'index 3\nextra bW9yZQ==')],
    ['an extra with spare bits', TEXT.replace('index', 'extra bW9yZR==\nindex')],
    ['two extras', TEXT.replace('index', 'extra bW9yZQ==\nextra bW9yZQ==\nindex')],
    ['a hash of 31 bytes', TEXT.replace(hash64, Buffer.alloc(31).toString('base64'))],
    ['a hash of 33 bytes', TEXT.replace(hash64, Buffer.alloc(33).toString('base64'))],
    ['a hash in base64url', TEXT.replace(hash64, hash64.replaceAll('+', '-'))],
    ['64 hashes', TEXT.replace(hash64, Array(63).fill(hash64).join('\n'))],
    ['no empty line', TEXT.replace('\n\n', '\n')],
    ['an empty line too many', TEXT.replace('\n\n', '\n\n\n')],
    ['no checkpoint', TEXT.slice(0, -CHECKPOINT.length)],
    ['an unfinished checkpoint', TEXT.slice(0, -1)],
    ['carriage returns', TEXT.replaceAll('\n', '\r\n')],
    ['a line before it', `\n${TEXT}`],
    ['a lone surrogate', `${TEXT}\ud800\n`],
    ['more than 256 KiB', TEXT + 'x\n'.repeat(10_000_000)],
  ])('is not read with %s', (_, text) => {
    expect(parseTlogProof(text)).toBeUndefined();
  });

  it.each([
    ['a negative index', { index: -1 }],
    ['an index that is no whole number', { index: 0.5 }],
    ['an index beyond the safe integers', { index: 2 ** 53 }],
    ['a hash of 31 bytes', { hashes: [Buffer.alloc(31)] }],
    ['64 hashes', { hashes: Array<Buffer>(64).fill(HASH) }],
    ['no checkpoint', { checkpoint: '' }],
    ['an unfinished checkpoint', { checkpoint: 'x' }],
    ['a checkpoint that begins with an empty line', { checkpoint: '\nx\n' }],
    ['too large an extra', { extra: Buffer.alloc(256 * 1024) }],
  ])('is not written with %s', (_, change) => {
    expect(() => tlogProofText({ ...proof, ...change })).toThrow(TypeError);
  });

  it('is written without an extra that is empty', () => {
    expect(tlogProofText({ ...proof, extra: Buffer.alloc(0) })).toBe(TEXT);
  });
});
