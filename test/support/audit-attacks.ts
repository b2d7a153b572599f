import { newKey, originOf, partsOfNote, signedNote, type TestSigner } from './audit-log-format.js';
import type { TestLog } from './audit-log-builder.js';
import type { StreamPlan, TestStream } from './audit-log-stream.js';

/**
 * How somebody with root on the host goes about it, after the fact. `naive`: changes the files. `earlier`:
 * changes what an epoch holds that has ended, and computes everything anew with every key that is still there:
 * that of the current epoch and the identity. `current`: the same within the current epoch.
 */
export type Effort = 'naive' | 'earlier' | 'current';

/** A way to falsify a log. */
export interface Attack {
  readonly title: string;
  /** How the log is, where it has to be a special one. */
  readonly plan?: StreamPlan;
  /** Falsifies the first stream. `other` is a second one of the same log. */
  readonly run: (log: TestLog, stream: TestStream, other: TestStream, effort: Effort) => void;
}

/** The log of the attacks: epochs end at 30 and at 60, the current one has records 60 to 99. */
export const ATTACKED: StreamPlan = {
  records: 100,
  statements: [30, 60],
  segments: [0, 40, 80],
  anchored: [20, 50, 100],
  recordMs: 1000,
};

/** Where an effort strikes. */
const PLACE = { naive: 45, earlier: 45, current: 75 } as const satisfies Record<Effort, number>;

export const ATTACKS: readonly Attack[] = [
  {
    title: 'edit a record',
    run: (_, stream, __, effort) =>
      change(stream, effort, (lines, at) => {
        lines[at] = line(lines, at).replace('success', 'failure');
      }),
  },
  {
    title: 'delete a record',
    run: (_, stream, __, effort) => change(stream, effort, (lines, at) => lines.splice(at, 1)),
  },
  {
    title: 'insert a record',
    run: (_, stream, __, effort) =>
      change(stream, effort, (lines, at) => {
        const forged = line(lines, at).replace('success', 'failure');
        lines.splice(at, 0, forged);
      }),
  },
  {
    title: 'swap two records',
    run: (_, stream, __, effort) =>
      change(stream, effort, (lines, at) =>
        lines.splice(at, 2, line(lines, at + 1), line(lines, at)),
      ),
  },
  {
    title: 'cut the end off',
    run: (_, stream, __, effort) => {
      const size = PLACE[effort];
      stream.truncate(size);
      if (effort === 'naive') return;
      if (effort === 'earlier') stream.statements.pop();
      const epoch = stream.statements.length;
      stream.checkpoint = stream.note(size, epoch, undefined, forgers(stream, epoch));
    },
  },
  {
    title: 'restore an older state of the folder',
    run: (_, stream, __, effort) => {
      const size = PLACE[effort];
      stream.truncate(size);
      // Without the notes, the segments alone are older.
      if (effort === 'naive') return;
      if (effort === 'earlier') stream.statements.pop();
      stream.checkpoint = stream.note(size, stream.statements.length);
    },
  },
  {
    title: 'strip signatures',
    run: (_, stream, __, effort) => {
      const identity = (note: string): string => {
        const { text, signatures } = partsOfNote(note);
        return `${text}\n${signatures.at(-1)}`;
      };
      if (effort === 'earlier') stream.statements[1] = identity(String(stream.statements[1]));
      else if (effort === 'current') stream.checkpoint = identity(stream.checkpoint);
      else stream.checkpoint = partsOfNote(stream.checkpoint).text;
    },
  },
  {
    title: 'put another stream of the log into its place',
    run: (_, stream, other, effort) => {
      if (effort === 'naive') {
        [stream.genesis, other.genesis] = [other.genesis, stream.genesis];
        [stream.lines, other.lines] = [other.lines, stream.lines];
        [stream.statements, other.statements] = [other.statements, stream.statements];
        [stream.checkpoint, other.checkpoint] = [other.checkpoint, stream.checkpoint];
        return;
      }
      change(stream, effort, (lines, at) =>
        lines.splice(at, lines.length, ...other.lines.slice(at)),
      );
    },
  },
  {
    title: 'splice a segment of another log in',
    run: (_, stream, other, effort) => {
      const [from, to] = effort === 'current' ? [80, 100] : [40, 80];
      stream.lines.splice(from, to - from, ...other.lines.slice(from, to));
      if (effort === 'naive') return;
      stream.relink(from);
      resign(stream, from);
    },
  },
  {
    title: 'replay an older checkpoint',
    run: (_, stream, __, effort) => {
      if (effort === 'naive') stream.checkpoint = stream.note(20, 0);
      if (effort === 'earlier') {
        stream.checkpoint = stream.note(50, 1);
        stream.truncate(60);
      }
      if (effort === 'current') stream.checkpoint = stream.note(70, 2);
    },
  },
  {
    title: 'delete the statement of an epoch',
    run: (_, stream, __, effort) => {
      if (effort === 'naive') stream.statements.shift();
      else stream.statements.pop();
      const epoch = effort === 'earlier' ? 1 : 2;
      if (effort !== 'naive')
        stream.checkpoint = stream.note(100, epoch, undefined, forgers(stream, epoch));
    },
  },
  {
    title: 'forge the statement of an epoch',
    run: (_, stream, __, effort) => {
      if (effort === 'naive')
        stream.statements[1] = String(stream.statements[1]).replace('\n60\n', '\n59\n');
      if (effort === 'earlier') change(stream, effort, (lines, at) => lines.splice(at, 1));
      if (effort === 'current') endEpoch(stream);
    },
  },
  {
    title: 'remove the whole stream',
    run: (log, stream) => {
      log.streams.splice(log.streams.indexOf(stream), 1);
    },
  },
  {
    title: 'remove or change the leaf hashes of pruned records',
    plan: {
      ...ATTACKED,
      prunedTo: 80,
      fields: (seq) =>
        seq === 90 ? { event: 'audit_segments_pruned', details: { through: 79 } } : {},
    },
    run: (_, stream, __, effort) => {
      if (effort === 'naive') stream.withoutTiles = true;
      else {
        stream.changeLeaf(PLACE[effort]);
        resign(stream, PLACE[effort]);
      }
    },
  },
  {
    title: 'sign everything anew with the identity key only',
    run: (_, stream, __, effort) => {
      const origin = originOf(stream.name);
      const alone = [{ name: origin, key: stream.identity }];
      if (effort !== 'naive') change(stream, effort, (lines, at) => lines.splice(at, 1));
      const size = stream.lines.length;
      stream.checkpoint = signedNote(stream.text(size, 2), alone);
      if (effort === 'earlier') stream.statements[1] = stream.statementNote(60, 1, alone);
    },
  },
];

/** Changes lines; who makes an effort lets the rest of the log follow. */
function change(
  stream: TestStream,
  effort: Effort,
  edit: (lines: string[], at: number) => unknown,
): void {
  edit(stream.lines, PLACE[effort]);
  if (effort === 'naive') return;
  stream.relink(PLACE[effort]);
  resign(stream, PLACE[effort]);
}

/** Signs what covers records from a place on, as far as the keys that are left allow. */
function resign(stream: TestStream, from: number): void {
  for (const [epoch, size] of stream.ends.entries()) {
    if (size > from)
      stream.statements[epoch] = stream.statementNote(size, epoch, forgers(stream, epoch));
  }
  stream.checkpoint = stream.note(stream.lines.length, stream.statements.length);
}

/** The key of an epoch that has ended is gone: the current one signs in its name. */
function forgers(stream: TestStream, epoch: number): TestSigner[] {
  return stream.signers(epoch, stream.currentKey);
}

/** Ends the current epoch over a changed record, as the log itself would. */
function endEpoch(stream: TestStream): void {
  change(stream, 'current', (lines, at) => {
    lines[at] = line(lines, at).replace('success', 'failure');
  });
  stream.epochs.push(newKey());
  stream.statements.push(stream.statementNote(100, 2));
  stream.checkpoint = stream.note(100, 3);
}

function line(lines: readonly string[], at: number): string {
  const found = lines[at];
  if (found === undefined) throw new RangeError(`there is no line ${at}`);
  return found;
}
