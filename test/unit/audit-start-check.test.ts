import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryAuditSink } from 'nestjs-security/testing';
import { AuditAnchor } from '../../lib/audit/anchor/audit-anchor.js';
import { DirectoryAuditAnchor } from '../../lib/audit/anchor/directory.audit-anchor.js';
import { parseVerifierKey } from '../../lib/audit/log/note/verifier-key.js';
import type { AuditEvent } from '../../lib/audit/record/audit-event.js';
import { startCheck, type StartCheckOptions } from '../../lib/audit/ship/start-check.js';
import { rootOf } from '../support/rfc6962.js';
import { codedError, ScriptedSink, TellingSink } from '../support/scripted-sink.js';
import { WrittenStream, type NoteChanges } from '../support/written-stream.js';

const rolledBack = { code: 'AUDIT_LOG_ROLLED_BACK' };

let stream: WrittenStream;
let events: AuditEvent[];

beforeEach(() => {
  stream = new WrittenStream();
  stream.append(10);
  events = [];
});

async function check(options: Partial<StartCheckOptions> = {}): Promise<void> {
  await startCheck({
    stream: stream.name,
    folder: stream.folder,
    size: stream.size,
    epoch: 2,
    leafHashAt: async (seq) => stream.hashAt(seq),
    rootAt: async (size) => rootOf(stream.leaves.slice(0, size)),
    sinks: [],
    anchors: [],
    report: (event) => void events.push(event),
    ...options,
  });
}

function telling(seq: number, leafHash = stream.hashAt(seq)): TellingSink {
  const sink = new TellingSink();
  sink.held = { seq, leafHash };
  return sink;
}

function remember(text: string, sink = 'former'): void {
  mkdirSync(join(stream.folder, 'sinks'), { recursive: true });
  writeFileSync(join(stream.folder, 'sinks', `${sink}.json`), text);
}

async function anchored(changes: NoteChanges): Promise<DirectoryAuditAnchor> {
  const anchor = new DirectoryAuditAnchor(mkdtempSync(join(tmpdir(), 'anchor-')));
  const [note, { size = stream.size }] = [stream.note(changes), changes];
  await anchor.publish({ stream: stream.name, size, note, proofFrom: async () => [] });
  return anchor;
}

class BadAnchor extends AuditAnchor {
  readonly name = 'bad';
  readonly #latest: () => Promise<string | undefined>;

  constructor(latest: () => Promise<string | undefined>) {
    super();
    this.#latest = latest;
  }

  override async publish(): Promise<void> {}

  override latest(): Promise<string | undefined> {
    return this.#latest();
  }
}

describe('startCheck', () => {
  it('accepts a log that has everything that was acknowledged elsewhere', async () => {
    remember(`{"v":1,"seq":9,"leafHash":"${stream.hashAt(9)}"}\n`);
    const anchors = [await anchored({ size: 10, epoch: 2 }), await anchored({ size: 4 })];
    const sinks = [telling(9), telling(0), new ScriptedSink(), new MemoryAuditSink()];
    await check({ sinks, anchors });
    expect(events).toEqual([]);
  });

  it('accepts a new log, of which nobody has anything', async () => {
    stream = new WrittenStream();
    const folder = mkdtempSync(join(tmpdir(), 'anchor-'));
    await check({ sinks: [new MemoryAuditSink()], anchors: [new DirectoryAuditAnchor(folder)] });
    expect(events).toEqual([]);
  });

  it('does not compare what it cannot: records that are pruned, and roots that nobody gives', async () => {
    const anchors = [await anchored({ size: 10, root: Buffer.alloc(32) })];
    const nothing = async () => undefined;
    await check({
      sinks: [telling(3, 'ab'.repeat(32))],
      anchors,
      leafHashAt: nothing,
      rootAt: nothing,
    });
    expect(events).toEqual([]);
  });

  it.each<[string, () => Promise<Partial<StartCheckOptions>>]>([
    ['a sink has a later record', async () => ({ sinks: [telling(10, 'ab'.repeat(32))] })],
    ['a sink has another record', async () => ({ sinks: [telling(4, 'ab'.repeat(32))] })],
    ['an anchor has more records', async () => ({ anchors: [await anchored({ size: 11 })] })],
    ['an anchor has a later epoch', async () => ({ anchors: [await anchored({ epoch: 3 })] })],
    [
      'an anchor has another root',
      async () => ({ anchors: [await anchored({ size: 6, root: Buffer.alloc(32) })] }),
    ],
    [
      'one of many has more',
      async () => ({ sinks: [telling(1), new MemoryAuditSink(), telling(12, 'ab'.repeat(32))] }),
    ],
  ])('refuses the log when %s', async (_, options) => {
    await expect(check(await options())).rejects.toMatchObject(rolledBack);
  });

  it.each([
    ['a later record', (hash: string) => `{"v":1,"seq":10,"leafHash":"${hash}"}\n`],
    ['another record', () => `{"v":1,"seq":9,"leafHash":"${'ab'.repeat(32)}"}\n`],
  ])('refuses the log when the offset file of a former sink has %s', async (_, text) => {
    remember(text(stream.hashAt(9)));
    await expect(check()).rejects.toMatchObject(rolledBack);
  });

  it('names who has what, and what to do', async () => {
    await expect(check({ sinks: [telling(10, 'ab'.repeat(32))] })).rejects.toThrow(
      'the sink scripted has record 10, and the log has 10 records only',
    );
    await expect(check({ anchors: [await anchored({ size: 12 })] })).rejects.toThrow(
      /has a checkpoint of 12 records in epoch 0, and the log has 10 records/,
    );
  });

  it('does not wait for the first to answer before it asks the others', async () => {
    const slow = new BadAnchor(() => new Promise(() => undefined));
    const sinks = [telling(10, 'ab'.repeat(32))];
    await expect(check({ sinks, anchors: [slow], timeoutMs: 30 })).rejects.toMatchObject(
      rolledBack,
    );
  });
});

describe('A sink or an anchor that cannot be asked', () => {
  const failed = (type: string, id: string, reason: string) => ({
    event: `audit_${type}_failed`,
    level: 'warn',
    outcome: 'failure',
    target: { type: `audit-${type}`, id },
    reason,
  });

  it('is reported and does not stop the start', async () => {
    const sink = telling(0);
    sink.latest = () => Promise.reject(codedError('ECONNREFUSED'));
    const anchor = new BadAnchor(() => Promise.reject(codedError('EIO')));
    await check({ sinks: [sink], anchors: [anchor] });
    expect(events).toEqual([
      failed('sink', 'scripted', 'ECONNREFUSED'),
      failed('anchor', 'bad', 'EIO'),
    ]);
  });

  it('is waited for no longer than allowed', async () => {
    const sink = telling(0);
    sink.latest = () => new Promise(() => undefined);
    await check({
      sinks: [sink],
      anchors: [new BadAnchor(() => new Promise(() => undefined))],
      timeoutMs: 30,
    });
    expect(events).toEqual([
      failed('sink', 'scripted', 'timeout'),
      failed('anchor', 'bad', 'timeout'),
    ]);
  });

  it('is reported when it answers with something else', async () => {
    const other = new WrittenStream('1-teststrm').note();
    for (const note of ['', 'ok', other])
      await check({ anchors: [new BadAnchor(async () => note)] });
    expect(events).toEqual([1, 2, 3].map(() => failed('anchor', 'bad', 'note-invalid')));
    events = [];
    await check({ sinks: [telling(0, 'no hash')] });
    expect(events).toEqual([failed('sink', 'scripted', 'TypeError')]);
  });

  it('is reported when its note is not signed by the identity key, and the note does not count', async () => {
    const identity = parseVerifierKey(stream.identity);
    if (!identity) throw new Error('the identity key cannot be read');
    const stranger = new WrittenStream();
    stranger.append(50);
    const strange = new BadAnchor(async () => stranger.note());
    await check({ anchors: [strange, await anchored({ size: 10 })], identity });
    expect(events).toEqual([failed('anchor', 'bad', 'note-invalid')]);
    await expect(
      check({ anchors: [await anchored({ size: 11 })], identity }),
    ).rejects.toMatchObject(rolledBack);
  });
});

describe('An offset file that cannot be read as one', () => {
  it('is reported and does not stop the start, and other files are ignored', async () => {
    remember('{"v":1,"seq":99}\n', 'broken');
    remember('x', 'half.json.0123.new');
    await check();
    expect(events).toEqual([
      {
        event: 'audit_sink_failed',
        level: 'warn',
        outcome: 'failure',
        target: { type: 'audit-sink', id: 'broken' },
        reason: 'offset-unreadable',
      },
    ]);
  });
});
