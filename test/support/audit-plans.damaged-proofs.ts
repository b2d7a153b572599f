import { anchored, BASE, FOLDER, STREAM, tampered, type AuditPlan } from './audit-plan.js';

const GENESIS: readonly AuditPlan[] = [
  tampered('no genesis.json', {
    removed: [`${FOLDER}/genesis.json`],
    kinds: ['genesis-missing'],
    first: 0,
  }),
  tampered('no genesis.json, and no trust file', {
    removed: [`${FOLDER}/genesis.json`],
    without: ['trust'],
    kinds: ['genesis-missing', 'trust-missing'],
    first: 0,
  }),
  tampered('a genesis.json with a space too much', {
    replaced: { [`${FOLDER}/genesis.json`]: [',"stream"', ', "stream"'] },
    kinds: ['genesis-invalid'],
    first: 0,
  }),
  tampered('the genesis.json of another stream', {
    replaced: { [`${FOLDER}/genesis.json`]: ['0-aaaaaaaa', '0-aaaaaaab'] },
    kinds: ['genesis-invalid'],
    first: 0,
  }),
  tampered('a registered stream that is gone', {
    removed: [FOLDER],
    kinds: ['stream-missing'],
    first: 0,
  }),
  tampered('a stream that is gone, and its identity key is not', {
    removed: [FOLDER],
    without: ['trust', 'anchor'],
    kinds: ['stream-missing', 'trust-missing'],
    first: 0,
  }),
];

const IDENTITY: readonly AuditPlan[] = [
  tampered('the identity key of another log', {
    replaced: { [`${FOLDER}/identity.vkey`]: ['0-aaaaaaaa', '0-aaaaaaab'] },
    kinds: ['genesis-mismatch'],
    first: 0,
  }),
  {
    name: 'no identity.vkey, which the trust file knows',
    removed: [`${FOLDER}/identity.vkey`],
    exit: 0,
    kinds: [],
  },
];

/** Lines of signatures of a key that nobody knows, as Latin-1 that is UTF-8. */
function signatures(count: number): string {
  return '\u00e2\u0080\u0094 somebody AAAAAAA=\n'.repeat(count);
}

const CHECKPOINT: readonly AuditPlan[] = [
  ...['missing', 'a folder', 'a pipe'].map((what) =>
    tampered(`a checkpoint that is ${what}`, {
      removed: [`${FOLDER}/checkpoint`],
      ...(what === 'a folder' && { folders: [`${FOLDER}/checkpoint`] }),
      ...(what === 'a pipe' && { pipes: [`${FOLDER}/checkpoint`] }),
      kinds: ['checkpoint-missing'],
      first: 60,
    }),
  ),
  ...Object.entries({ empty: '', binary: '\0\u00ff', huge: 'x'.repeat(200_000) }).map(
    ([what, content]) =>
      tampered(`a checkpoint that is ${what}`, {
        files: { [`${FOLDER}/checkpoint`]: content },
        kinds: ['checkpoint-invalid'],
        first: 60,
      }),
  ),
  tampered('a checkpoint without signatures', {
    attacks: [['strip', { what: 'checkpoint' }]],
    kinds: ['checkpoint-invalid'],
    first: 60,
  }),
  tampered('a checkpoint with 101 signatures', {
    appended: { [`${FOLDER}/checkpoint`]: signatures(99) },
    kinds: ['checkpoint-invalid'],
    first: 60,
  }),
  {
    name: 'a checkpoint with 100 signatures',
    appended: { [`${FOLDER}/checkpoint`]: signatures(98) },
    exit: 0,
    kinds: [],
  },
  tampered('a checkpoint signed by the identity key alone', {
    attacks: [['strip', { what: 'checkpoint', keep: ['identity'] }]],
    kinds: ['checkpoint-signature'],
    first: 60,
  }),
  tampered('a checkpoint whose time was changed', {
    attacks: [['rewrite', { what: 'checkpoint', old: 'time 2026', new: 'time 2027' }]],
    kinds: ['checkpoint-signature'],
    first: 60,
  }),
  ...Object.entries({
    'a line that is not known': ['time', 'mood good\ntime'],
    'a size with a leading zero': ['\n100\n', '\n0100\n'],
    'a date that does not exist': ['2026-11-', '2026-13-'],
    'a time in the year 0': ['time .*\n', 'time 0000-01-01T00:00:00.000Z\n'],
    'the origin of another log': ['0-aaaaaaaa', '0-aaaaaaab'],
  }).map(([what, [old, now]]) =>
    tampered(`a signed checkpoint with ${what}`, {
      attacks: [['rewrite', { what: 'checkpoint', old, new: now, signed_by: 'present' }]],
      kinds: ['checkpoint-invalid'],
      first: 60,
    }),
  ),
  tampered('a checkpoint of an epoch that ended long ago', {
    attacks: [
      [
        'rewrite',
        { what: 'checkpoint', old: 'epoch 2', new: 'epoch 0', signed_by: 'log 0-aaaaaaaa 0' },
      ],
    ],
    kinds: ['checkpoint-invalid'],
    first: 60,
  }),
];

const EPOCHS: readonly AuditPlan[] = [
  ...[0, 1].map((first) =>
    tampered(`an epochs.notes without statement ${first}`, {
      attacks: [['drop_statements', { first }]],
      kinds: first === 0 ? ['epoch-gap'] : ['epoch-gap', 'anchor-mismatch'],
      first: first === 0 ? 0 : 30,
    }),
  ),
  tampered('no epochs.notes', {
    removed: [`${FOLDER}/epochs.notes`],
    kinds: ['epoch-gap', 'anchor-mismatch'],
    first: 0,
  }),
  tampered('a statement without signatures', {
    attacks: [['strip', { what: 0 }]],
    kinds: ['epoch-invalid'],
    first: 0,
  }),
  tampered('a last statement without signatures', {
    attacks: [['strip', { what: 1 }]],
    kinds: ['epoch-unfinished', 'epoch-gap', 'anchor-mismatch'],
    first: 30,
  }),
  tampered('a statement signed by the identity key alone', {
    attacks: [['strip', { what: 1, keep: ['identity'] }]],
    kinds: ['epoch-signature'],
    first: 30,
  }),
  tampered('a statement that was changed', {
    attacks: [['rewrite', { what: 1, old: 'time 2026', new: 'time 2027' }]],
    kinds: ['epoch-signature'],
    first: 30,
  }),
  tampered('a statement signed by a later key', {
    attacks: [['rewrite', { what: 0, old: 'time 2026', new: 'time 2027', signed_by: 'present' }]],
    kinds: ['epoch-signature'],
    first: 0,
  }),
  tampered('a statement that names no next key', {
    attacks: [['rewrite', { what: 1, old: 'next .*\n', new: '', signed_by: 'log 0-aaaaaaaa 1' }]],
    kinds: ['epoch-invalid'],
    first: 30,
  }),
  tampered('a statement of fewer records than the one before', {
    streams: anchored(['records', 9], ['turn'], ['turn', { size: 8 }]),
    kinds: ['epoch-size'],
    first: 9,
  }),
  tampered('something in epochs.notes that is no note', {
    appended: { [`${FOLDER}/epochs.notes`]: 'what\n\never\n\n' },
    kinds: ['epoch-invalid'],
    first: 60,
  }),
  tampered('an epochs.notes that does not end', {
    appended: { [`${FOLDER}/epochs.notes`]: '\0'.repeat(200_000) },
    kinds: ['epoch-invalid'],
    first: 60,
  }),
  tampered('a replaced key with a false signature of the identity key beside the right one', {
    streams: anchored(['records', 4], ['turn'], ['records', 4], ['reseed'], ['records', 4]),
    attacks: [['borrow', { what: 1, other: 0 }]],
    recovery: true,
    kinds: ['epoch-signature'],
    first: 4,
  }),
  tampered('a lost key that a strange key replaced', {
    streams: anchored(['records', 4], ['reseed', 'stranger'], ['records', 4]),
    recovery: true,
    kinds: ['epoch-signature'],
    first: 0,
  }),
];

/** What is found where a link lies in the place of each of these, and the first bad record. */
const LINKED: readonly (readonly [path: string, kinds: readonly string[], first: number])[] = [
  [`${FOLDER}/seg-0000000000000000.jsonl`, ['segment-missing'], 0],
  [`${FOLDER}/seg-0000000000000050.jsonl`, ['segment-missing'], 50],
  [`${FOLDER}/checkpoint`, ['checkpoint-missing'], 60],
  [`${FOLDER}/epochs.notes`, ['file-irregular'], 0],
  [`${FOLDER}/genesis.json`, ['genesis-missing'], 0],
  [`${FOLDER}/identity.vkey`, ['file-irregular'], 0],
  [`anchor/${STREAM}.notes`, ['file-irregular', 'anchor-missing'], 0],
  [FOLDER, ['stream-missing'], 0],
];

const COSIGNED = { [STREAM]: [...BASE, ['cosign']] } as const satisfies AuditPlan['streams'];

const IRREGULAR: readonly AuditPlan[] = [
  ...LINKED.map(([path, kinds, first]) =>
    tampered(`a link in the place of ${path}`, { links: [path], kinds, first }),
  ),
  tampered('a link in the place of cosigned.notes, which a witness has signed', {
    streams: COSIGNED,
    witness: true,
    links: [`${FOLDER}/cosigned.notes`],
    kinds: ['file-irregular'],
    first: 90,
  }),
  {
    name: 'a link in the place of cosigned.notes, without a trusted witness',
    streams: COSIGNED,
    links: [`${FOLDER}/cosigned.notes`],
    exit: 0,
    kinds: [],
  },
  ...(['folders', 'pipes'] as const).flatMap((what) => [
    tampered(`${what} in the place of identity.vkey`, {
      removed: [`${FOLDER}/identity.vkey`],
      [what]: [`${FOLDER}/identity.vkey`],
      kinds: ['file-irregular'],
      first: 0,
    }),
    tampered(`${what} in the place of an anchor's file`, {
      removed: [`anchor/${STREAM}.notes`],
      [what]: [`anchor/${STREAM}.notes`],
      kinds: ['file-irregular', 'anchor-missing'],
      first: 0,
    }),
    tampered(`${what} in the place of the epochs.notes of an empty log`, {
      streams: anchored(),
      [what]: [`${FOLDER}/epochs.notes`],
      kinds: ['file-irregular'],
      first: 0,
    }),
  ]),
];

/** Logs in whose signed files something stands that no writer writes there, or something is missing. */
export const DAMAGED_PROOF_PLANS: readonly AuditPlan[] = [
  ...GENESIS,
  ...IDENTITY,
  ...CHECKPOINT,
  ...EPOCHS,
  ...IRREGULAR,
];
