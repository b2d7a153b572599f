import { anchored, BASE, FOLDER, STREAM, type AuditPlan } from './audit-plan.js';

const exported = (name: string, rest: Partial<AuditPlan>): AuditPlan => ({
  name,
  streams: { [STREAM]: [...BASE, ['anchor']] },
  export: [0, 31, 32, 99],
  options: ['--export'],
  exit: 1,
  kinds: [],
  ...rest,
});

/** Exports: chosen records, each with a proof. */
export const EXPORTED_PLANS: readonly AuditPlan[] = [
  exported('chosen records with their proofs', { exit: 0 }),
  exported('the only record of a log', {
    streams: anchored(['records', 1]),
    export: [0],
    exit: 0,
  }),
  exported('an export in the place of a log', {
    options: [],
    exit: 2,
    kinds: ['records-missing'],
  }),
  exported('an export whose checkpoint is not anchored', {
    streams: { [STREAM]: BASE },
    exit: 2,
    kinds: ['anchor-missing'],
  }),
  exported('an export of long ago', { later: 1_000_000, exit: 0 }),
  exported('an export of a log that has gone on into another epoch, and its anchor with it', {
    attacks: [
      ['publish', { extension: `next ${'A'.repeat(43)}=\n` }],
      ['publish', { epoch: 3, more: 50 }],
    ],
    exit: 0,
  }),
  exported('an export that another root is anchored for', {
    attacks: [['publish', { root: `${'A'.repeat(43)}=` }]],
    kinds: ['checkpoint-invalid', 'anchor-missing'],
    first: 0,
  }),
  exported('an exported record that was changed', {
    replaced: { [`${FOLDER}/records.jsonl`]: ['u-99', 'w-99'] },
    kinds: ['root-mismatch'],
    first: 99,
  }),
  exported('an exported record without its proof', {
    removed: [`${FOLDER}/proofs/31.tlog-proof`],
    kinds: ['checkpoint-missing'],
    first: 31,
  }),
  exported('a proof without its record', {
    files: { [`${FOLDER}/proofs/7.tlog-proof`]: '' },
    kinds: ['records-missing'],
    first: 7,
  }),
  exported('a proof without its record, of a number that no record can have', {
    files: { [`${FOLDER}/proofs/9007199254740993.tlog-proof`]: '' },
    exit: 0,
  }),
  exported('signed records that do not continue each other', {
    streams: anchored(['records', 5], ['unlinked'], ['records', 5]),
    export: [4, 5, 6],
    kinds: ['prev-wrong'],
    first: 4,
  }),
  exported('an exported line of another stream', {
    replaced: { [`${FOLDER}/records.jsonl`]: ['"id":"0-aaaaaaaa:99"', '"id":"0-aaaaaaab:99"'] },
    kinds: ['line-invalid', 'records-missing'],
    first: 33,
  }),
  exported('a proof that is none', {
    files: { [`${FOLDER}/proofs/31.tlog-proof`]: '\u00ff\n\n' },
    kinds: ['checkpoint-invalid'],
    first: 31,
  }),
  exported('a proof of another record', {
    replaced: { [`${FOLDER}/proofs/31.tlog-proof`]: ['index 31', 'index 32'] },
    kinds: ['root-mismatch'],
    first: 31,
  }),
  exported('a proof with a checkpoint that was changed', {
    replaced: { [`${FOLDER}/proofs/31.tlog-proof`]: ['time 2026', 'time 2027'] },
    kinds: ['checkpoint-signature'],
    first: 31,
  }),
  exported('an exported line that is no record', {
    replaced: { [`${FOLDER}/records.jsonl`]: ['"seq":32', '"seq":"32"'] },
    kinds: ['line-invalid', 'records-missing'],
    first: 32,
  }),
  exported('an export whose checkpoint is gone', {
    removed: [`${FOLDER}/checkpoint`],
    kinds: ['checkpoint-missing'],
    first: 60,
  }),
];
