import { anchored, BASE, FOLDER, STREAM, type AuditPlan, type Step } from './audit-plan.js';

const COSIGNED = `${FOLDER}/cosigned.notes`;

/** What the chain alone shows of a change that is not covered. */
const CHANGES = {
  edit: 'prev-wrong',
  delete: 'seq-wrong',
  insert: 'seq-wrong',
  swap: 'seq-wrong',
};

/**
 * One record is changed and the traces are covered: not at all (`plain`), by chaining the records after
 * it anew (`chain`), by signing the checkpoint anew too (`sign`), or the statements as well (`all`).
 * Record 45 is of an epoch that has ended, 85 of the present one but older than the newest anchored
 * checkpoint, and 95 is newer than that.
 */
const CHANGED: readonly AuditPlan[] = Object.entries(CHANGES).flatMap(([change, link]) => {
  const plan = (at: number, mode: string, first?: number, ...kinds: string[]): AuditPlan => ({
    name: `${change} of record ${at}, covered by "${mode}"`,
    attacks: [[change, { at, mode }]],
    exit: first === undefined ? 0 : 1,
    kinds,
    ...(first !== undefined && { first }),
  });
  // One record less than the checkpoint has, until it is signed anew.
  const atEnd = change === 'delete' ? 'records-missing' : 'root-mismatch';
  return [
    plan(45, 'plain', 45, link),
    plan(85, 'plain', 85, link),
    plan(95, 'plain', 95, link),
    plan(45, 'chain', 30, 'anchor-mismatch', 'root-mismatch', atEnd),
    plan(85, 'chain', 75, 'anchor-mismatch', atEnd),
    plan(95, 'chain', change === 'delete' ? 99 : 90, atEnd),
    plan(45, 'sign', 30, 'anchor-mismatch', 'root-mismatch'),
    plan(85, 'sign', 75, 'anchor-mismatch'),
    plan(95, 'sign'),
    plan(45, 'all', 0, 'epoch-signature'),
    plan(95, 'all', 0, 'epoch-signature'),
  ];
});

const TILED: readonly AuditPlan[] = Object.keys(CHANGES).map((change) => ({
  name: `${change} of record 45, covered by "sign", with tiles that still know it`,
  streams: { [STREAM]: [...BASE, ['tile']] },
  attacks: [[change, { at: 45, mode: 'sign' }]],
  exit: 1,
  kinds: ['anchor-mismatch', 'root-mismatch'],
  first: 45,
}));

const CUT: readonly AuditPlan[] = [
  {
    name: 'records cut off at the end',
    attacks: [['truncate', { to: 80 }]],
    exit: 1,
    kinds: ['records-missing'],
    first: 80,
  },
  {
    name: 'records cut off below what is anchored, the checkpoint signed anew',
    attacks: [['truncate', { to: 80, mode: 'sign' }]],
    exit: 1,
    kinds: ['checkpoint-invalid', 'records-missing'],
    first: 80,
  },
  {
    name: 'records cut off above what is anchored, the checkpoint signed anew',
    attacks: [['truncate', { to: 95, mode: 'sign' }]],
    exit: 0,
    kinds: [],
  },
  {
    name: 'records cut off and signed anew, without an anchor',
    attacks: [['truncate', { to: 80, mode: 'sign' }]],
    without: ['anchor'],
    exit: 2,
    kinds: ['anchor-missing'],
  },
  {
    name: 'records of an ended epoch cut off',
    attacks: [['truncate', { to: 40, mode: 'sign' }]],
    exit: 1,
    kinds: ['checkpoint-invalid', 'records-missing'],
    first: 40,
  },
  {
    name: 'all records cut off',
    attacks: [['truncate', { to: 0 }]],
    exit: 1,
    kinds: ['records-missing'],
    first: 0,
  },
];

const ROLLED: readonly Step[] = [
  ...BASE.slice(0, 8),
  ['checkpoint'],
  ['snapshot', 'early'],
  ...BASE.slice(8),
];

const REPLACED: readonly AuditPlan[] = [
  {
    name: 'an old copy of the whole log',
    streams: { [STREAM]: ROLLED },
    attacks: [['roll_back', { to: 'early' }]],
    exit: 1,
    kinds: ['checkpoint-invalid', 'records-missing'],
    first: 60,
  },
  {
    name: 'an old copy of the whole log, without an anchor',
    streams: { [STREAM]: ROLLED },
    attacks: [['roll_back', { to: 'early' }]],
    without: ['anchor'],
    exit: 2,
    kinds: ['anchor-missing'],
  },
  {
    name: 'an old copy from before a statement that was anchored',
    streams: {
      [STREAM]: [['records', 9], ['checkpoint'], ['snapshot', 'a'], ['turn'], ['anchor_statement']],
    },
    attacks: [['roll_back', { to: 'a' }]],
    exit: 1,
    kinds: ['anchor-mismatch'],
    first: 0,
  },
  {
    name: 'another log with keys of its own',
    attacks: [['forge', {}]],
    exit: 1,
    kinds: ['anchor-mismatch', 'checkpoint-signature', 'genesis-mismatch', 'prev-wrong'],
    first: 0,
  },
  {
    name: 'another log with keys of its own, and no trust file',
    attacks: [['forge', {}]],
    without: ['trust'],
    exit: 1,
    kinds: ['anchor-invalid', 'anchor-mismatch', 'trust-missing'],
    first: 0,
  },
  {
    name: 'another log with keys of its own, and nothing to compare it with',
    attacks: [['forge', {}]],
    without: ['trust', 'anchor'],
    exit: 2,
    kinds: ['anchor-missing', 'trust-missing'],
  },
];

const PUBLISHED: readonly AuditPlan[] = [
  {
    name: 'an anchored checkpoint with another root',
    attacks: [['publish', { root: 'A'.repeat(43) + '=' }]],
    exit: 1,
    kinds: ['anchor-mismatch'],
    first: 90,
  },
  {
    name: 'an anchored checkpoint of more records',
    attacks: [['publish', { more: 5 }]],
    exit: 1,
    kinds: ['checkpoint-invalid', 'records-missing'],
    first: 100,
  },
  {
    name: 'an anchored checkpoint of a later epoch',
    attacks: [['publish', { epoch: 3 }]],
    exit: 1,
    kinds: ['anchor-mismatch'],
    first: 90,
  },
  {
    name: 'an anchored checkpoint of an ended epoch with more records than it had',
    attacks: [['publish', { epoch: 1 }]],
    exit: 1,
    kinds: ['anchor-mismatch'],
    first: 90,
  },
  {
    name: 'an anchored checkpoint signed by a strange key',
    attacks: [['publish', { signed_by: 'stranger' }]],
    exit: 1,
    kinds: ['anchor-invalid'],
    first: 90,
  },
  {
    name: 'an anchored end of the epoch that the log does not know',
    attacks: [['publish', { extension: `next ${'A'.repeat(43)}=\n` }]],
    exit: 1,
    kinds: ['anchor-mismatch'],
    first: 90,
  },
  {
    name: 'a cosigned checkpoint that was changed',
    without: ['anchor'],
    streams: { [STREAM]: [['records', 4], ['checkpoint'], ['cosign']] },
    replaced: { [`${FOLDER}/cosigned.notes`]: ['time 2026', 'time 2027'] },
    witness: true,
    exit: 1,
    kinds: ['anchor-invalid'],
    first: 0,
  },
  ...Object.entries({
    'that was changed': { replaced: { [COSIGNED]: ['time 2026', 'time 2027'] } },
    'that is no note': { appended: { [COSIGNED]: 'what\n\never\n\n' } },
  } as const).map(([what, damage]): AuditPlan => ({
    name: `a cosigned checkpoint ${what}, where no witness is trusted`,
    streams: { [STREAM]: [...BASE, ['cosign']] },
    ...damage,
    exit: 0,
    kinds: [],
  })),
];

const SURPLUS: readonly AuditPlan[] = [
  {
    name: 'surplus that nothing explains',
    streams: anchored(['records', 5], ['abandon', { event: 'other' }], ['records', 5]),
    exit: 1,
    kinds: ['segment-surplus'],
    first: 5,
  },
  {
    name: 'more surplus than the record about it says',
    streams: anchored(['records', 5], ['abandon', { moved: 1 }], ['records', 5]),
    exit: 1,
    kinds: ['segment-surplus'],
    first: 5,
  },
  {
    name: 'pruned records that no record tells of',
    streams: anchored(['records', 64], ['segment'], ['records', 7], ['prune', 64, false]),
    exit: 1,
    kinds: ['pruned-unrecorded'],
    first: 0,
  },
];

const CROWDED: readonly AuditPlan[] = [
  {
    name: 'a changed record in a log whose key was replaced a hundred times and more',
    streams: anchored(['records', 20], ...Array.from({ length: 120 }, () => ['reseed'] as const)),
    attacks: [['edit', { at: 7 }]],
    exit: 1,
    kinds: ['prev-wrong', 'reseed-untrusted'],
    first: 7,
  },
];

/** Logs that somebody changed who can write every file on their host and has the keys that are there. */
export const ATTACKED_PLANS: readonly AuditPlan[] = [
  ...CHANGED,
  ...TILED,
  ...CUT,
  ...REPLACED,
  ...PUBLISHED,
  ...SURPLUS,
  ...CROWDED,
];
