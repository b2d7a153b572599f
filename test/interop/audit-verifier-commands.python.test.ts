import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { VerifyReport } from '../../lib/audit/log/verify/verify-report.js';
import { runCommand } from '../../lib/cli/command.js';
import { BASE, FOLDER, STREAM, type AuditPlan, type Step } from '../support/audit-plan.js';
import { notRun } from '../support/not-run.js';
import { pythonWith } from '../support/python.js';
import {
  argumentsFor,
  verifyAll,
  writeLogs,
  type PythonVerdict,
  type WrittenLog,
} from '../support/python-audit-logs.js';

/** A log that is touched, and how the commands of both verifiers must end. */
interface Case extends AuditPlan {
  /** What is done to the files of the plan. */
  readonly change?: (log: WrittenLog) => void;
  /** What is given beside. */
  readonly more?: readonly string[];
}

const OTHER = '1-bbbbbbbb';
const WHOLE: readonly Step[] = [...BASE, ['anchor']];
const ANCHOR = `anchor/${STREAM}.notes`;
const RESEEDED = { [STREAM]: [...BASE, ['reseed'], ['records', 5], ['checkpoint']] as Step[] };
/** The form of a line that has none of the signatures that count. */
const STRANGER = '— somebody AAAAAAA=\n';
const FOREIGN_ROOT = `${'A'.repeat(43)}=`;
const LONG_NOTE = `${`${'x'.repeat(999)}\n`.repeat(70)}\n${STRANGER}\n`;
/** The link after this record is broken, whoever signed it. */
const UNLINKED: readonly Step[] = [
  ['records', 5],
  ['unlinked'],
  ['records', 5],
  ['checkpoint'],
  ['tile'],
  ['anchor'],
];

const CASES: readonly Case[] = [
  // Reseeds.
  reseed('is none, nothing else being anchored', (note) => note, { exit: 2 }),
  reseed('of another root is none', (note) => withLine(note, 2, FOREIGN_ROOT), { exit: 2 }),
  reseed(
    'with another next key contradicts the log',
    (note) => withLine(note, 5, `reseed ${FOREIGN_ROOT}`),
    {
      exit: 1,
      first: 0,
    },
  ),
  {
    name: 'a reseed with a false signature of the key that was lost',
    streams: { [STREAM]: [...(RESEEDED[STREAM] ?? []), ['anchor']] },
    recovery: true,
    change: ({ directory, anchor }) => {
      const path = join(directory, STREAM, 'epochs.notes');
      const notes = readFileSync(path, 'utf8');
      const published = readFileSync(join(anchor, `${STREAM}.notes`), 'utf8');
      const [line] = /— \S+\/epoch\/2 .*\n/.exec(published) ?? ['no such line'];
      writeFileSync(path, `${notes.slice(0, -1)}${line}\n`);
    },
    exit: 0,
    kinds: [],
  },
  exported('a proof by a reseed', {
    streams: { [STREAM]: [...BASE, ['reseed'], ['checkpoint'], ['anchor']] },
    recovery: true,
    change: (log) => replaceProof(log, () => statementOf(log, 2)),
    exit: 1,
    first: 31,
  }),

  // Anchors.
  {
    name: 'an anchor with what is longer than any note before a note that contradicts the log',
    attacks: [['publish', { root: FOREIGN_ROOT, more: -80, epoch: 0 }]],
    change: ({ anchor }) => {
      const path = join(anchor, `${STREAM}.notes`);
      const parts = readFileSync(path, 'utf8').split('\n\n');
      const [before, last] = [parts.slice(0, -3), parts.slice(-3)];
      writeFileSync(path, `${before.join('\n\n')}\n\n${LONG_NOTE}${last.join('\n\n')}`);
    },
    exit: 1,
    first: 100,
    kinds: [],
  },
  {
    name: 'an anchor of an epoch that no number can hold exactly',
    appended: { [ANCHOR]: latin1(checkpointText('epoch 9007199254740993')) },
    exit: 1,
    first: 100,
    kinds: [],
  },
  exported('an anchor of an epoch that no number can hold exactly, beside an export', {
    appended: { [ANCHOR]: latin1(checkpointText('epoch 9007199254740993')) },
    exit: 1,
    first: 100,
  }),
  exported('an end of the last epoch before its beginning, beside an export', {
    appended: { [ANCHOR]: latin1(checkpointText('epoch 2', `next ${FOREIGN_ROOT}\n`, 59)) },
    exit: 1,
    first: 100,
  }),
  exported('an unsigned end of the last epoch, beside an export', {
    appended: { [ANCHOR]: latin1(checkpointText('epoch 2', `next ${FOREIGN_ROOT}\n`)) },
    exit: 0,
  }),
  {
    name: 'an anchor that is not there',
    more: ['--anchor', '/no/such/folder'],
    exit: 4,
    kinds: [],
  },
  { name: 'an anchor that is a file', more: ['--anchor', 'package.json'], exit: 4, kinds: [] },

  // Files of a stream.
  ...(['links', 'folders'] as const).map((how) => ({
    name: `an identity key among the ${how}, and no trust file`,
    ...(how === 'folders' && { removed: [`${FOLDER}/identity.vkey`] }),
    [how]: [`${FOLDER}/identity.vkey`],
    without: ['trust'] as const,
    exit: 1 as const,
    first: 0,
    kinds: [],
  })),
  {
    name: 'a file in the place of the folder of keys',
    change: ({ directory }) => {
      rmSync(join(directory, 'keys'), { recursive: true });
      writeFileSync(join(directory, 'keys'), '');
    },
    exit: 0,
    kinds: [],
  },

  // A link that was broken when the root was signed, and tiles.
  ...(
    [
      ['nothing else', [], 4],
      ['a later record that was edited', [['edit', { at: 8 }]], 4],
      ['a later record that is missing', [['delete', { at: 8 }]], 4],
      ['an edited record before it', [['edit', { at: 4 }]], 4],
      ['an edited record behind it', [['edit', { at: 5 }]], 5],
      ['its end cut off', [['truncate', { to: 8 }]], 4],
    ] as const
  ).map(([what, attacks, first]) => ({
    name: `a link that was signed broken, and ${what}`,
    streams: { [STREAM]: UNLINKED },
    attacks,
    exit: 1 as const,
    first,
    kinds: [],
  })),

  // Two roots of one size, to one of which the tiles lead.
  ...[FOREIGN_ROOT, `//${FOREIGN_ROOT.slice(2)}`].map((root) => ({
    name: `tiles that lead to one of two roots of the same size, the other being ${root}`,
    streams: { [STREAM]: [['records', 5], ['checkpoint'], ['tile'], ['anchor']] as const },
    attacks: [
      ['publish', { root }],
      ['edit', { at: 3, mode: 'chain' }],
    ] as const,
    exit: 1 as const,
    first: 3,
    kinds: [],
  })),

  // Exports.
  {
    name: 'a log of which a stream was removed, and export.json put there',
    streams: { [STREAM]: WHOLE, [OTHER]: WHOLE },
    removed: [`log/${OTHER}`, 'log/keys'],
    files: { 'log/export.json': '{}\n' },
    exit: 1,
    first: 0,
    kinds: [],
  },
  { name: 'a log that is called an export', more: ['--export'], exit: 1, first: 0, kinds: [] },
  { ...exported('an export that was not asked for', { exit: 2 }), more: [] },
  {
    ...exported('an export in the place of a log, with nothing that says so', {
      exit: 1,
      first: 0,
    }),
    removed: ['log/export.json'],
    more: [],
  },
  exported('a proof with more than a reader of notes would read', {
    change: (log) => replaceProof(log, (note) => note, `extra ${'A'.repeat(150_000)}\n`),
    exit: 0,
  }),
  exported('a proof that is too large', {
    change: (log) => replaceProof(log, (note) => note, `extra ${'A'.repeat(300_000)}\n`),
    exit: 1,
    first: 31,
  }),
  exported('a proof with nothing beside', {
    change: (log) => replaceProof(log, (note) => note, 'extra \n'),
    exit: 1,
    first: 31,
  }),
  exported('a proof that is no UTF-8', {
    appended: {
      [`${FOLDER}/proofs/31.tlog-proof`]: '\u00e2\u0080\u0094 some\u00ffbody AAAAAAA=\n',
    },
    exit: 1,
    first: 31,
  }),
  exported('a record whose number no number can hold exactly', {
    change: ({ directory }) => {
      const path = join(directory, STREAM, 'records.jsonl');
      const lines = readFileSync(path, 'utf8').replace('"seq":99', '"seq":9007199254740993');
      writeFileSync(path, lines.replace(`${STREAM}:99`, `${STREAM}:9007199254740993`));
    },
    exit: 1,
    first: 33,
  }),
  exported('an earlier record behind a line that is too long', {
    change: ({ directory }) => {
      const path = join(directory, STREAM, 'records.jsonl');
      const [first = ''] = readFileSync(path, 'utf8').split(/(?<=\n)/);
      appendFileSync(path, `${'x'.repeat(70_000)}\n${first}`);
    },
    exit: 1,
    first: 100,
  }),

  // Trust files.
  ...(
    [
      ['a name twice', '{"v": 1,', '{"v": 1, "v": 1,', 3],
      ['a name twice, once with an escape', '{"v": 1,', '{"v": 1, "\\u0076": 1,', 3],
      ['a name twice in a stream', '{"stream":', '{"stream": "0-aaaaaaaa", "stream":', 3],
      [
        'two objects of one name',
        '{"v": 1,',
        '{"witnesses": [{"a": 1}], "witnesses": [], "v": 1,',
        3,
      ],
      ['a colon and quotes in a text', '{"v": 1,', '{"\\"v\\":": 1, "v": 1,', 3],
      ['a version with a point', '{"v": 1,', '{"v": 1.0,', 0],
      ['a version that is true', '{"v": 1,', '{"v": true,', 3],
      ['no recovery key but null', '{"v": 1,', '{"recovery": null, "v": 1,', 3],
      ['a byte order mark', '{"v": 1,', '\ufeff{"v": 1,', 3],
      ['a name of the prototype', '{"v": 1,', '{"__proto__": 1, "v": 1,', 3],
      ['2 MB of spaces', '{"v": 1,', `{${' '.repeat(2_000_000)}"v": 1,`, 0],
      ['17 MB of spaces', '{"v": 1,', `{${' '.repeat(17_000_000)}"v": 1,`, 3],
      ['a stream that is empty', '"streams": [', '"streams": [{}, ', 3],
    ] as const
  ).map(([what, old, now, exit]) => ({
    name: `a trust file with ${what}`,
    change: ({ trust }: WrittenLog) =>
      writeFileSync(trust, readFileSync(trust, 'utf8').replace(old, now)),
    exit: exit as Case['exit'],
    kinds: [],
  })),
  {
    name: 'a trust file that is no UTF-8',
    change: ({ trust }) => appendFileSync(trust, Buffer.from([0xff])),
    exit: 3,
    kinds: [],
  },
  {
    name: 'a trust file that is not there',
    change: ({ trust }) => unlinkSync(trust),
    exit: 3,
    kinds: [],
  },
  { name: 'a trust file without an end', more: ['--trust', '/dev/zero'], exit: 3, kinds: [] },
];

describe('The commands of the two verifiers', () => {
  const python = pythonWith('cryptography');
  if (!python) notRun('the comparison of the commands that verify (needs cryptography)');
  const folder = mkdtempSync(join(tmpdir(), 'audit-commands-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  let words: readonly (readonly string[])[] = [];
  let theirs: readonly PythonVerdict[] = [];
  beforeAll(() => {
    if (!python) return;
    const logs = writeLogs(
      python,
      folder,
      CASES.map((each) => ({ ...each, streams: each.streams ?? { [STREAM]: WHOLE } })),
    );
    words = CASES.map((each) => {
      const log = logs.get(each.name);
      if (!log) throw new Error(`no log of ${each.name}`);
      each.change?.(log);
      return [...argumentsFor(each, log), ...(each.more ?? [])];
    });
    theirs = verifyAll(python, words);
  });

  it.each(CASES.map((each, at) => ({ ...each, at })))(
    'agree on $name: $exit',
    async ({ exit, first = null, at }) => {
      if (!python) return;
      const { exit: theirExit = -1, result } = theirs[at] ?? {};
      const ours = await verifyCommand(words[at] ?? []);
      expect({ ours, theirs: { exit: theirExit, first: result?.firstBadSeq ?? null } }).toEqual({
        ours: { exit, first },
        theirs: { exit, first },
      });
    },
  );
});

function exported(name: string, rest: Partial<Case>): Case {
  const plan = { export: [0, 31, 32, 99], more: ['--export'], exit: 1, kinds: [] } as const;
  return { name, streams: { [STREAM]: WHOLE }, ...plan, ...rest };
}

/** The statement that replaced a lost key, unsigned, in an anchor, and no recovery key in the trust file. */
function reseed(what: string, changed: (note: string) => string, end: Partial<Case>): Case {
  return {
    name: `an anchored reseed ${what}`,
    streams: { [STREAM]: (RESEEDED[STREAM] ?? []).filter(([step]) => step !== 'anchor') },
    change: (log) => {
      const [text] = statementOf(log, 2).split('\n\n');
      const note = `${changed(`${text}\n`)}\n${STRANGER}`;
      writeFileSync(join(log.anchor, `${STREAM}.notes`), `${note}\n`);
    },
    exit: 2,
    kinds: [],
    ...end,
  };
}

/** A note of `epochs.notes`. */
function statementOf({ directory }: WrittenLog, index: number): string {
  const notes = readFileSync(join(directory, STREAM, 'epochs.notes'), 'utf8').split('\n\n');
  return `${notes[2 * index]}\n\n${notes[2 * index + 1]}\n`;
}

function withLine(text: string, index: number, line: string): string {
  return text.split('\n').with(index, line).join('\n');
}

function checkpointText(epoch: string, end = '', size = 100): string {
  const text = `nestjs-security/audit/${STREAM}\n${size}\n${FOREIGN_ROOT}\n${epoch}\ntime 2026-11-27T02:30:00.000Z\n`;
  return `${text}${end}\n${STRANGER}\n`;
}

function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Changes the checkpoint of a proof, and what stands before its index. */
function replaceProof(
  { directory }: WrittenLog,
  noteOf: (note: string) => string,
  extra = '',
): void {
  const path = join(directory, STREAM, 'proofs/31.tlog-proof');
  const [head = '', ...note] = readFileSync(path, 'utf8').split('\n\n');
  writeFileSync(path, `${head.replace('index', `${extra}index`)}\n\n${noteOf(note.join('\n\n'))}`);
}

async function verifyCommand(words: readonly string[]) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const terminal = {
    stdin,
    stdout,
    stderr,
    env: {},
    cwd: () => process.cwd(),
    onStop: () => () => undefined,
  };
  const exit = await runCommand(['audit', 'verify', ...words, '--json'], terminal);
  const text = String(stdout.read() ?? '{}');
  return { exit, first: (JSON.parse(text) as Partial<VerifyReport>).firstBadSeq ?? null };
}
