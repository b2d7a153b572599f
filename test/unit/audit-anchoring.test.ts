import { appendFileSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditAnchor, type AnchoredCheckpoint } from '../../lib/audit/anchor/audit-anchor.js';
import { Anchoring, type AnchoringOptions } from '../../lib/audit/anchor/anchoring.js';
import { DirectoryAuditAnchor } from '../../lib/audit/anchor/directory.audit-anchor.js';
import { WitnessAuditAnchor } from '../../lib/audit/anchor/witness.audit-anchor.js';
import type { AuditEvent } from '../../lib/audit/record/audit-event.js';
import { codedError } from '../support/scripted-sink.js';
import { until } from '../support/until.js';
import { WitnessDouble } from '../support/witness.double.js';
import { WrittenStream } from '../support/written-stream.js';

/** Keeps what it is given, and does what the test says. */
class ScriptedAnchor extends AuditAnchor {
  readonly name: string;
  readonly kept: AnchoredCheckpoint[] = [];
  calls = 0;
  before: (checkpoint: AnchoredCheckpoint) => Promise<string | void> | string | void = () =>
    undefined;

  constructor(name = 'scripted') {
    super();
    this.name = name;
  }

  get sizes(): number[] {
    return this.kept.map(({ size }) => size);
  }

  override async publish(checkpoint: AnchoredCheckpoint): Promise<string | void> {
    this.calls += 1;
    const given = await this.before(checkpoint);
    this.kept.push(checkpoint);
    return given;
  }

  override async latest(): Promise<string | undefined> {
    return this.kept.at(-1)?.note;
  }
}

const HOUR_MS = 3_600_000;
const QUICK = { firstMs: 1, maxMs: 2 };

let stream: WrittenStream;
let anchor: ScriptedAnchor;
let events: AuditEvent[];
const open: Anchoring[] = [];

beforeEach(() => {
  stream = new WrittenStream();
  stream.append(20);
  anchor = new ScriptedAnchor();
  events = [];
});

afterEach(async () => {
  anchor.before = () => undefined;
  await Promise.all(open.splice(0).map((anchoring) => anchoring.close()));
});

function begin(options: Partial<AnchoringOptions> = {}): Anchoring {
  const anchoring = new Anchoring({
    anchors: [anchor],
    stream: stream.name,
    folder: stream.folder,
    report: (event) => void events.push(event),
    proofFrom: async (oldSize, size) => stream.proof(oldSize, size),
    intervalMs: HOUR_MS,
    closeTimeoutMs: 10_000,
    backoff: QUICK,
    ...options,
  });
  open.push(anchoring);
  return anchoring;
}

const cosignedFile = () => join(stream.folder, 'cosigned.notes');
const named = (name: string) => events.filter(({ event }) => event === name);

describe('Anchoring', () => {
  it('publishes the first checkpoint at once', async () => {
    const anchoring = begin();
    anchoring.offer(stream.note({ size: 3 }));
    await until(() => anchor.kept.length === 1);
    const note = stream.note({ size: 3 });
    expect(anchor.kept).toMatchObject([{ stream: stream.name, size: 3, note }]);
    expect(await anchor.kept[0]?.proofFrom(2)).toEqual(stream.proof(2, 3));
  });

  it('publishes the newest of those that came within the interval, and only that', async () => {
    const anchoring = begin({ intervalMs: 100 });
    for (let size = 1; size <= 20; size += 1) {
      anchoring.offer(stream.note({ size }));
      if (size === 1) await until(() => anchor.kept.length === 1);
    }
    await until(() => anchor.kept.length === 2);
    expect(anchor.sizes).toEqual([1, 20]);
  });

  it('waits for the end of the interval', async () => {
    const anchoring = begin();
    anchoring.offer(stream.note({ size: 1 }));
    await until(() => anchor.kept.length === 1);
    anchoring.offer(stream.note({ size: 2 }));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(anchor.sizes).toEqual([1]);
  });

  it('publishes the first checkpoint of an epoch at once', async () => {
    const anchoring = begin();
    for (const size of [1, 2, 3]) {
      anchoring.offer(stream.note({ size, epoch: size - 1 }));
      await until(() => anchor.kept.at(-1)?.size === size);
    }
    expect(anchor.sizes).toEqual([1, 2, 3]);
  });

  it('publishes as many records again at a later time, so that what is held elsewhere stays fresh', async () => {
    const anchoring = begin({ intervalMs: 1 });
    for (const minute of ['30', '31', '32']) {
      anchoring.offer(stream.note({ size: 5, time: `2026-11-27T02:${minute}:00.000Z` }));
      await until(() => anchor.kept.at(-1)?.note.includes(`02:${minute}:`) === true);
    }
    expect(anchor.sizes).toEqual([5, 5, 5]);
  });

  it('does not let one anchor wait for another', async () => {
    const slow = new ScriptedAnchor('slow');
    slow.before = () => new Promise(() => undefined);
    const anchoring = begin({ anchors: [slow, anchor], intervalMs: 1, closeTimeoutMs: 1 });
    for (const size of [1, 2, 3]) {
      anchoring.offer(stream.note({ size }));
      await until(() => anchor.kept.at(-1)?.size === size);
    }
    expect(slow.calls).toBe(1);
  });

  it('refuses what is no checkpoint of the stream', () => {
    const other = new WrittenStream('1-teststrm');
    for (const note of ['', 'x', other.note()])
      expect(() => begin().offer(note)).toThrow(TypeError);
  });

  it('tells how far each anchor has come', async () => {
    const broken = new ScriptedAnchor('broken');
    broken.before = () => Promise.reject(codedError('ENOSPC'));
    const anchoring = begin({ anchors: [anchor, broken], closeTimeoutMs: 1 });
    expect(anchoring.state()).toEqual([{ name: 'scripted' }, { name: 'broken' }]);
    anchoring.offer(stream.note({ size: 4 }));
    await until(() => anchor.kept.length === 1 && broken.calls > 0);
    await until(() => anchoring.state()[0]?.size === 4);
    expect(anchoring.state()).toEqual([
      { name: 'scripted', size: 4, time: '2026-11-27T02:30:00.000Z' },
      { name: 'broken', error: 'ENOSPC' },
    ]);
  });
});

describe('An anchor that fails', () => {
  it('is asked again, with the newest checkpoint, and reported once, then its recovery', async () => {
    const anchoring = begin();
    anchor.before = () => {
      if (anchor.calls === 2) anchoring.offer(stream.note({ size: 9 }));
      if (anchor.calls <= 3) throw codedError('ECONNREFUSED');
    };
    anchoring.offer(stream.note({ size: 8 }));
    await until(() => events.length === 2);
    expect(anchor.sizes).toEqual([9]);
    const target = { type: 'audit-anchor', id: 'scripted' };
    expect(events).toEqual([
      {
        event: 'audit_anchor_failed',
        level: 'warn',
        outcome: 'failure',
        target,
        reason: 'ECONNREFUSED',
      },
      { event: 'audit_anchor_recovered', outcome: 'success', target, details: { retries: 3 } },
    ]);
  });

  it('does not put the text of its error into an event', async () => {
    anchor.before = () => Promise.reject(codedError('EACCES'));
    begin({ closeTimeoutMs: 1 }).offer(stream.note());
    await until(() => events.length === 1);
    expect(JSON.stringify(events)).not.toContain('hunter2');
  });

  it('raises the alarm once when it has seen another log, and is asked again', async () => {
    const anchoring = begin();
    anchor.before = () => {
      if (anchor.calls <= 4) throw codedError('AUDIT_FORK');
    };
    anchoring.offer(stream.note({ size: 8 }));
    await until(() => anchor.calls === 2);
    expect(anchoring.state()).toEqual([{ name: 'scripted', error: 'AUDIT_FORK' }]);
    await until(() => anchor.kept.length === 1);
    expect(events).toEqual([
      {
        event: 'audit_fork',
        level: 'critical',
        outcome: 'failure',
        reason: 'anchor-mismatch',
        target: { type: 'audit-anchor', id: 'scripted' },
        details: { size: 8 },
      },
    ]);
  });
});

describe('A cosigned checkpoint', () => {
  const extra = '— witness.example/w1 AAAAAAAA\n';

  it('is appended to cosigned.notes', async () => {
    anchor.before = ({ note }) => `${note}${extra}`;
    const anchoring = begin({ intervalMs: 1 });
    for (const size of [1, 2]) {
      anchoring.offer(stream.note({ size }));
      await until(() => anchoring.state()[0]?.size === size);
    }
    const notes = [1, 2].map((size) => `${stream.note({ size })}${extra}\n`);
    expect(readFileSync(cosignedFile(), 'utf8')).toBe(notes.join(''));
  });

  it('of many anchors at once is kept once for each, whole, also behind a torn one', async () => {
    appendFileSync(cosignedFile(), stream.note().slice(0, 100));
    const anchors = Array.from({ length: 8 }, (_, index) => new ScriptedAnchor(`w${index}`));
    for (const each of anchors) each.before = ({ note }) => `${note}${extra}`;
    const anchoring = begin({ anchors });
    anchoring.offer(stream.note());
    await until(() => anchoring.state().every(({ size }) => size === 20));
    expect(readFileSync(cosignedFile(), 'utf8')).toBe(`${stream.note()}${extra}\n`.repeat(8));
  });

  it('goes on behind one that a crash has torn', async () => {
    appendFileSync(cosignedFile(), `${stream.note({ size: 1 })}${extra}\n`);
    appendFileSync(cosignedFile(), stream.note({ size: 2 }).slice(0, 100));
    anchor.before = ({ note }) => `${note}${extra}`;
    const anchoring = begin();
    anchoring.offer(stream.note({ size: 3 }));
    await until(() => anchoring.state()[0]?.size === 3);
    const notes = [1, 3].map((size) => `${stream.note({ size })}${extra}\n`);
    expect(readFileSync(cosignedFile(), 'utf8')).toBe(notes.join(''));
  });

  it('with another text is not kept', async () => {
    anchor.before = () => `${stream.note({ size: 2 })}${extra}`;
    begin({ closeTimeoutMs: 1 }).offer(stream.note({ size: 3 }));
    await until(() => events.length === 1);
    expect(events[0]).toMatchObject({
      event: 'audit_anchor_failed',
      reason: 'AUDIT_ANCHOR_FAILED',
      details: {
        error: 'the audit anchor scripted gave another note than the one it was given',
      },
    });
    expect(existsSync(cosignedFile())).toBe(false);
  });
});

describe('A close', () => {
  it('publishes the final checkpoint, whatever is left of the interval', async () => {
    const anchoring = begin();
    anchoring.offer(stream.note({ size: 1 }));
    await until(() => anchor.kept.length === 1);
    await anchoring.close(stream.note({ extension: 'closed' }));
    expect(anchor.sizes).toEqual([1, 20]);
    expect(anchor.kept[1]?.note).toContain('\nclosed\n');
  });

  it('publishes what was offered last when there is no final one', async () => {
    const anchoring = begin();
    anchoring.offer(stream.note({ size: 1 }));
    await until(() => anchor.kept.length === 1);
    anchoring.offer(stream.note({ size: 2 }));
    await anchoring.close();
    expect(anchor.sizes).toEqual([1, 2]);
  });

  it('comes after a publication that is under way', async () => {
    const anchoring = begin();
    let end: () => void = () => undefined;
    anchor.before = () => new Promise((resolve) => (end = resolve));
    anchoring.offer(stream.note({ size: 1 }));
    await until(() => anchor.calls === 1);
    const closed = anchoring.close(stream.note());
    anchor.before = () => undefined;
    end();
    await closed;
    expect(anchor.sizes).toEqual([1, 20]);
  });

  it('tries once more at once, however long the pause was, and again while there is time', async () => {
    const anchoring = begin({ backoff: { firstMs: HOUR_MS, maxMs: HOUR_MS } });
    anchor.before = () => Promise.reject(codedError('ECONNREFUSED'));
    anchoring.offer(stream.note({ size: 1 }));
    await until(() => events.length === 1);
    anchor.before = () => undefined;
    await anchoring.close(stream.note());
    expect(anchor.sizes).toEqual([20]);
  });

  it('does not wait for an anchor that does not answer, nor publish afterwards', async () => {
    const anchoring = begin({ closeTimeoutMs: 20, intervalMs: 1 });
    anchor.before = () => new Promise(() => undefined);
    await anchoring.close(stream.note());
    anchor.before = () => undefined;
    anchoring.offer(stream.note({ epoch: 1 }));
    await anchoring.close();
    expect(anchor.calls).toBe(1);
  });
});

describe('Anchoring with a folder and a witness', () => {
  it('has every checkpoint kept by both, across a restart', async () => {
    const witness = new WitnessDouble();
    await witness.start();
    witness.add(stream.identity);
    const directory = new DirectoryAuditAnchor(mkdtempSync(join(tmpdir(), 'anchor-')));
    const restart = () =>
      begin({
        anchors: [directory, new WitnessAuditAnchor({ url: witness.url, key: witness.vkey })],
        intervalMs: 1,
      });
    for (const sizes of [
      [1, 2, 8],
      [8, 13, 20],
    ]) {
      const anchoring = restart();
      for (const size of sizes) {
        anchoring.offer(stream.note({ size }));
        await until(() => anchoring.state().every((state) => state.size === size));
      }
      await anchoring.close();
    }
    await witness.stop();
    expect(named('audit_anchor_failed')).toEqual([]);
    expect(witness.statuses).toEqual([200, 200, 200, 409, 200, 200, 200]);
    const notes = readFileSync(cosignedFile(), 'utf8').split('\n\n').length;
    expect(notes).toBe(6 * 2 + 1);
    expect(await directory.latest(stream.name)).toBe(stream.note({ size: 20 }));
  });
});
