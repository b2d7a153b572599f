import fc from 'fast-check';
import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTrust } from '../../lib/audit/log/verify/trust.js';
import { verifyLog } from '../../lib/audit/log/verify/verify-log.js';
import { buildAuditLog } from '../support/audit-log-builder.js';
import { newKey, RECOVERY_NAME } from '../support/audit-log-format.js';
import type { StreamPlan } from '../support/audit-log-stream.js';
import { problemsOf, verified, verifiedStream, withStream } from '../support/audit-verification.js';

const SECOND = 1000;

function later(date: Date, seconds: number): Date {
  return new Date(date.getTime() + seconds * SECOND);
}

/** The record that says that segments were pruned. */
function pruned(at: number, through: number): NonNullable<StreamPlan['fields']> {
  return (seq) => (seq === at ? { event: 'audit_segments_pruned', details: { through } } : {});
}

describe('A log that nobody has touched is clean', () => {
  const sizes = (max: number) => fc.array(fc.nat(max), { maxLength: 5 });
  const plans = fc.integer({ min: 0, max: 80 }).chain((records) =>
    fc.record({
      records: fc.constant(records),
      statements: sizes(records).map((all) => all.toSorted((a, b) => a - b)),
      segments: sizes(Math.max(0, records - 1)).map((all) =>
        [...new Set([0, ...all])].toSorted((a, b) => a - b),
      ),
      anchored: sizes(records).map((all) => [...all, records]),
      tiles: fc.constantFrom('all' as const, 'pruned' as const),
      ending: fc.constantFrom('open' as const, 'closed' as const),
    }),
  );

  it('whatever its epochs, segments and anchors are', async () => {
    const check = fc.asyncProperty(plans, (plan) =>
      withStream(plan, async (_, log) => {
        const report = await verifiedStream(log);
        expect(report).toMatchObject({ status: 'clean', problems: [], records: plan.records });
        expect(report).toMatchObject({ signed: plan.records, anchored: plan.records });
        expect(report).toMatchObject({ epochs: plan.statements.length });
        expect(report.closed).toBe(plan.ending === 'closed');
      }),
    );
    await fc.assert(check, { numRuns: 60 });
  });

  it('with several streams, each on its own', async () => {
    const log = buildAuditLog({}, { records: 10, statements: [], segments: [0], anchored: [10] });
    const { status, streams, firstBadSeq } = await verified(log);
    expect([status, firstBadSeq]).toEqual(['clean', undefined]);
    expect(streams.map(({ stream, records }) => [stream, records])).toEqual([
      ['0-stream00', 100],
      ['1-stream01', 10],
    ]);
    log.remove();
  });

  it('in other threads as in the calling one', async () => {
    await withStream(
      { records: 5000, statements: [100, 4000], segments: [0, 999] },
      async (_, log) => {
        const report = await verified(log, { parallel: 0 });
        expect(await verified(log, { parallel: 2 })).toEqual(report);
        expect(report.status).toBe('clean');
      },
    );
  });

  it('with its first segments pruned, when a record says so and the tiles have their leaf hashes', async () => {
    for (const [prunedTo, records] of [
      [40, 100],
      [256, 700],
      [600, 700],
    ] as const) {
      const plan = {
        records,
        segments: [0, 40, 256, 600].filter((first) => first < records),
        prunedTo,
        fields: pruned(records - 1, prunedTo - 1),
      };
      await withStream({ ...plan, anchored: [records] }, async (_, log) => {
        expect(await verifiedStream(log)).toMatchObject({ status: 'clean', records });
      });
    }
  });

  it('whatever lies beside the narrowest tile that holds enough', async () => {
    const plan = { records: 400, segments: [0, 300], prunedTo: 300, fields: pruned(310, 299) };
    await withStream({ ...plan, anchored: [400] }, async (stream, log) => {
      const folder = join(log.directory, stream.name, 'tile/0/001.p');
      for (const width of [200, 50, 45, 120, 7, 255, 100]) {
        writeFileSync(join(folder, String(width)), Buffer.alloc(width * 32, 7));
      }
      expect((await verifiedStream(log)).status).toBe('clean');
      const [name, bytes] = [...stream.files()].find(([file]) => file.endsWith('001.p/44')) ?? [];
      if (name === undefined || !(bytes instanceof Buffer)) throw new Error('no tile of 44');
      writeFileSync(join(folder, '44'), 'cut off');
      writeFileSync(join(folder, '45'), Buffer.concat([bytes, Buffer.alloc(32)]));
      expect((await verifiedStream(log)).status).toBe('clean');
    });
  });

  it('and its times, sizes and files are in the report', async () => {
    await withStream({ ending: 'closed' }, async (_, log) => {
      expect(await verifiedStream(log)).toEqual({
        stream: '0-stream00',
        status: 'clean',
        records: 100,
        signed: 100,
        anchored: 100,
        anchors: [
          {
            file: join(log.anchor, '0-stream00.notes'),
            size: 100,
            time: log.end.toISOString(),
            isStale: false,
          },
        ],
        epochs: 2,
        closed: true,
        lastTime: '2026-11-27T02:00:09.900Z',
        problems: [],
      });
    });
  });
});

describe('Without something that is kept elsewhere a log is never clean', () => {
  it.each([
    ['a trust file', { trust: undefined }, ['trust-missing']],
    ['an anchor', { anchors: [] }, ['anchor-missing']],
    ['both', { trust: undefined, anchors: [] }, ['trust-missing', 'anchor-missing']],
  ])('%s', async (_, missing, kinds) => {
    await withStream({}, async (__, log) => {
      const all = { trust: parseTrust(log.trust), anchors: [log.anchor], asOf: log.end };
      const { trust, ...others } = { ...all, ...missing };
      const report = await verifyLog(log.directory, { ...others, ...(trust && { trust }) });
      expect(report.status).toBe('incomplete');
      expect(report.streams.flatMap(problemsOf)).toEqual(kinds);
    });
  });

  it('nor is a folder without any stream', async () => {
    await withStream({}, async (_, { directory }) => {
      const empty = join(directory, 'empty');
      mkdirSync(empty);
      expect(await verifyLog(empty)).toEqual({ status: 'incomplete', streams: [] });
    });
  });

  it('nor a stream that the trust file does not name', async () => {
    await withStream({}, async (_, log) => {
      const trust = { ...parseTrust(log.trust), streams: [] };
      expect(problemsOf(await verifiedStream(log, { trust }))).toEqual(['stream-unregistered']);
    });
  });
});

describe('An anchor', () => {
  it('is fresh for 600 seconds, unless told otherwise', async () => {
    await withStream({}, async (_, log) => {
      const after = (seconds: number, maxAgeSeconds?: number) =>
        verifiedStream(log, {
          asOf: later(log.end, seconds),
          ...(maxAgeSeconds !== undefined && { maxAgeSeconds }),
        }).then(problemsOf);
      expect(await after(600)).toEqual([]);
      expect(await after(601)).toEqual(['anchor-stale 100']);
      expect(await after(11, 10)).toEqual(['anchor-stale 100']);
      expect(await after(-3600)).toEqual([]);
    });
  });

  it('counts by the newest of all that are given', async () => {
    await withStream({ anchored: [20] }, async (stream, log) => {
      const other = join(log.directory, '..', 'other');
      mkdirSync(other);
      writeFileSync(join(other, `${stream.name}.notes`), `${stream.note(100, 2)}\n`);
      const report = await verifiedStream(log, {
        anchors: [log.anchor, other],
        asOf: log.end,
        maxAgeSeconds: 0,
      });
      expect(report).toMatchObject({ status: 'clean', anchored: 100 });
    });
  });

  it('that holds nothing of a stream is missing, whatever another one proves', async () => {
    await withStream({ cosigned: [100] }, async (stream, log) => {
      const names = ['one', 'other'].map((name) => join(log.directory, '..', name));
      for (const name of names) mkdirSync(name);
      const files = names.map((name) => join(name, `${stream.name}.notes`));
      for (const anchors of [names, [log.anchor, ...names]]) {
        const { status, problems } = await verifiedStream(log, { anchors });
        expect(status).toBe('incomplete');
        expect(problems).toMatchObject(files.map((file) => ({ kind: 'anchor-missing', file })));
      }
      // What a crash has left is nothing yet; what is no note is something else.
      writeFileSync(files[0] ?? '', stream.note(100, 2));
      writeFileSync(files[1] ?? '', 'noise\n\nnoise\n\n');
      const { problems } = await verifiedStream(log, { anchors: names });
      expect(problems).toMatchObject([
        { kind: 'anchor-invalid', file: files[1] },
        { kind: 'anchor-missing', file: files[0] },
      ]);
    });
  });

  it('that has stopped is told of, and is no problem as long as another one is fresh', async () => {
    await withStream({}, async (stream, log) => {
      const other = join(log.directory, '..', 'other');
      mkdirSync(other);
      writeFileSync(join(other, `${stream.name}.notes`), `${stream.note(20, 0)}\n`);
      const options = { anchors: [log.anchor, other], maxAgeSeconds: 5 };
      const report = await verifiedStream(log, options);
      expect(report).toMatchObject({
        status: 'clean',
        anchors: [
          { size: 100, isStale: false },
          { size: 20, isStale: true, time: new Date(stream.timeAt(20)).toISOString() },
        ],
      });
      const both = await verifiedStream(log, { ...options, asOf: later(log.end, 6) });
      expect(problemsOf(both)).toEqual(['anchor-stale 100']);
      expect(both.anchors.map(({ isStale }) => isStale)).toEqual([true, true]);
    });
  });

  it('proves nothing of what came after it, which the report tells', async () => {
    await withStream({ anchored: [70] }, async (stream, log) => {
      stream.lines[80] = String(stream.lines[80]).replace('success', 'failure');
      stream.relink(80);
      stream.checkpoint = stream.note(100, 2);
      log.write();
      expect(await verifiedStream(log)).toMatchObject({
        status: 'clean',
        signed: 100,
        anchored: 70,
      });
    });
  });

  it('from the future does not look fresh for ever', async () => {
    await withStream({ anchored: [] }, async (stream, log) => {
      const text = stream.text(100, 2, undefined, Date.now() + 3_600_000 * 24 * 365);
      stream.anchored = [stream.signed(text, 2)];
      log.write();
      expect(problemsOf(await verifiedStream(log))).toEqual(['anchor-stale 100']);
    });
  });

  it('is invalid when a note of it is signed by the identity alone, is of another stream, or is none', async () => {
    await withStream({}, async (stream, log) => {
      const good = stream.note(50, 1);
      for (const bad of [
        stream.note(60, 1, undefined, stream.signers(1).slice(1)),
        stream.note(60, 1).replaceAll('stream00', 'stream01'),
        'no note at all\n\nfor sure\n',
        stream.note(61, 1),
      ]) {
        stream.anchored = [good, bad, stream.note(100, 2)];
        log.write();
        expect(problemsOf(await verifiedStream(log))).toEqual(['anchor-invalid 50']);
      }
    });
  });

  it('is read on behind a note that is invalid: a later one may show an earlier record to be wrong', async () => {
    await withStream({}, async (stream, log) => {
      const unsigned = stream.note(60, 1, undefined, stream.signers(1).slice(1));
      const other = stream.text(20, 0).replace(/.{43}=/, `${'A'.repeat(43)}=`);
      stream.anchored = [stream.note(50, 1), 'x\n\ny\n', unsigned, stream.signed(other, 0)];
      log.write();
      const report = await verified(log);
      expect(report.firstBadSeq).toBe(0);
      expect(report.streams.flatMap(problemsOf)).toEqual([
        'anchor-invalid 50',
        'anchor-invalid 50',
        'root-mismatch 0',
      ]);
    });
  });

  it('ends where something is longer than any note', async () => {
    await withStream({}, async (stream, log) => {
      const long = `${'x'.repeat(70_000)}\n\ny\n`;
      stream.anchored = [stream.note(50, 1), long, stream.note(100, 2)];
      log.write();
      const report = await verifiedStream(log);
      expect(report.anchored).toBe(50);
      expect(problemsOf(report)).toContain('anchor-invalid 50');
    });
  });

  it('may be just being written', async () => {
    await withStream({}, async (stream, log) => {
      const path = join(log.anchor, `${stream.name}.notes`);
      appendFileSync(path, stream.note(100, 2).slice(0, 100));
      expect((await verifiedStream(log)).status).toBe('clean');
    });
  });

  it('that has seen a later epoch than the log knows shows that the log was set back', async () => {
    await withStream({}, async (stream, log) => {
      stream.epochs.push(newKey());
      stream.anchored.push(stream.note(100, 3));
      log.write();
      expect(problemsOf(await verifiedStream(log))).toEqual(['anchor-ahead 100']);
    });
  });
});

describe('An anchor that holds the end of an epoch', () => {
  const nobody = `next ${Buffer.alloc(32).toString('base64')}`;

  it('proves it like any other checkpoint', async () => {
    await withStream({}, async (stream, log) => {
      stream.anchored.splice(1, 1, stream.statementNote(30, 0), stream.statementNote(60, 1));
      log.write();
      expect((await verifiedStream(log)).status).toBe('clean');
    });
  });

  it('shows that whoever has the key of that epoch ended it anew with another key', async () => {
    await withStream({}, async (stream, log) => {
      stream.anchored = [stream.note(20, 0), stream.note(50, 1), stream.statementNote(60, 1)];
      stream.epochs[2] = newKey();
      stream.lines[70] = String(stream.lines[70]).replace('success', 'failure');
      stream.relink(70);
      stream.statements[1] = stream.statementNote(60, 1);
      stream.checkpoint = stream.note(100, 2);
      log.write();
      expect(problemsOf(await verifiedStream(log))).toEqual(['anchor-invalid 50']);
    });
  });

  it('contradicts a log in which that epoch ended elsewhere or otherwise', async () => {
    await withStream({}, async (stream, log) => {
      const right = stream.epochs[2]?.publicKey.toString('base64');
      for (const end of [stream.note(60, 1, nobody), stream.note(55, 1, `next ${right}`)]) {
        stream.anchored = [stream.note(50, 1), end, stream.note(100, 2)];
        log.write();
        expect(problemsOf(await verifiedStream(log))).toEqual(['anchor-invalid 50']);
      }
    });
  });

  it('contradicts it as well when the recovery key has signed another end', async () => {
    await withStream({}, async (stream, log) => {
      const signers = [{ name: RECOVERY_NAME, key: log.recovery }];
      const reseed = (extension: string): string =>
        stream.note(60, 1, extension.replace('next', 'reseed'), signers);
      stream.anchored = [stream.note(50, 1), reseed(nobody), stream.note(100, 2)];
      log.write();
      expect(problemsOf(await verifiedStream(log))).toEqual(['anchor-invalid 50']);
    });
  });
});

describe('The newest checkpoint', () => {
  const nobody = Buffer.alloc(32).toString('base64');

  it('may be the end of the epoch before, as it is right after a turn', async () => {
    await withStream({ records: 60, segments: [0] }, async (stream, log) => {
      stream.anchored = [stream.note(60, 1)];
      stream.checkpoint = stream.statementNote(60, 1);
      log.write();
      expect((await verifiedStream(log)).status).toBe('clean');
    });
  });

  it('is no end of an epoch that the log does not tell', async () => {
    await withStream({}, async (stream, log) => {
      for (const [checkpoint, problem] of [
        [stream.note(100, 2, `next ${nobody}`), 'epoch-missing 60'],
        [stream.note(100, 2, `reseed ${nobody}`), 'checkpoint-invalid 60'],
        [stream.note(60, 1, `next ${nobody}`), 'checkpoint-invalid 60'],
        [stream.statementNote(55, 1), 'checkpoint-invalid 60'],
        [stream.statementNote(60, 1).replace('next', 'reseed'), 'checkpoint-invalid 60'],
      ] as const) {
        stream.checkpoint = checkpoint;
        log.write();
        expect(problemsOf(await verifiedStream(log))).toEqual([problem]);
      }
    });
  });
});

describe('A witness', () => {
  it('makes the checkpoints of the log anchors, as of the time when it signed', async () => {
    await withStream({ anchored: [], cosigned: [50, 100] }, async (_, log) => {
      const report = await verifiedStream(log, { anchors: [] });
      expect(report).toMatchObject({ status: 'clean', anchored: 100 });
      const old = await verifiedStream(log, { anchors: [], asOf: later(log.end, 602) });
      expect(problemsOf(old)).toEqual(['anchor-stale 100']);
    });
  });

  it('counts only when the trust file names it', async () => {
    await withStream({ anchored: [], cosigned: [100] }, async (_, log) => {
      const trust = { ...parseTrust(log.trust), witnesses: [] };
      expect(problemsOf(await verifiedStream(log, { anchors: [], trust }))).toEqual([
        'anchor-missing',
      ]);
    });
  });

  it('that has signed another root shows what was changed since', async () => {
    await withStream({ anchored: [], cosigned: [100] }, async (stream, log) => {
      stream.lines[80] = String(stream.lines[80]).replace('success', 'failure');
      stream.relink(80);
      stream.checkpoint = stream.note(100, 2);
      log.write();
      expect(problemsOf(await verifiedStream(log, { anchors: [] }))).toEqual(['root-mismatch 60']);
    });
  });

  it('does not vouch for a checkpoint that it has not signed', async () => {
    await withStream({ anchored: [], cosigned: [50] }, async (stream, log) => {
      stream.cosigned.push(stream.note(100, 2));
      log.write();
      expect(await verifiedStream(log, { anchors: [] })).toMatchObject({ anchored: 50 });
    });
  });
});

describe('The key of an epoch that was lost', () => {
  /** Replaces the key of epoch 1 by a statement that the recovery key signs. */
  function reseed(log: Parameters<typeof verified>[0], key = log.recovery): void {
    const [stream] = log.streams;
    const [, , next] = stream?.epochs ?? [];
    if (!stream || !next) throw new Error('a stream with two statements was expected');
    const extension = `reseed ${next.publicKey.toString('base64')}`;
    stream.statements[1] = stream.note(60, 1, extension, [{ name: RECOVERY_NAME, key }]);
    log.write();
  }

  it('is replaced by whoever has the recovery key', async () => {
    await withStream({}, async (_, log) => {
      reseed(log);
      expect((await verifiedStream(log)).status).toBe('clean');
    });
  });

  it('is replaced by nobody else', async () => {
    await withStream({}, async (stream, log) => {
      reseed(log, stream.currentKey);
      expect(problemsOf(await verifiedStream(log))).toContain('epoch-invalid 30');
    });
  });

  it('hides nothing behind it, however often that happened', async () => {
    const plan = { statements: Array.from({ length: 150 }, () => 30), anchored: [] };
    await withStream(plan, async (stream, log) => {
      for (const epoch of stream.statements.keys()) {
        const next = stream.epochs[epoch + 1]?.publicKey.toString('base64');
        const signers = [{ name: RECOVERY_NAME, key: log.recovery }];
        stream.statements[epoch] = stream.note(30, epoch, `reseed ${next}`, signers);
      }
      stream.lines[7] = String(stream.lines[7]).replace('success', 'failure');
      log.write();
      const { recovery, ...trust } = parseTrust(log.trust);
      expect(recovery).toBeDefined();
      const report = await verified(log, { trust });
      expect([report.status, report.firstBadSeq]).toEqual(['tampered', 7]);
      expect(report.streams[0]?.problems).toHaveLength(100);
    });
  });

  it('leaves the log unproven where no recovery key is trusted', async () => {
    await withStream({}, async (_, log) => {
      reseed(log);
      const { recovery, ...trust } = parseTrust(log.trust);
      expect(recovery).toBeDefined();
      expect(problemsOf(await verifiedStream(log, { trust }))).toEqual(['reseed-untrusted 60']);
    });
  });
});

describe('Bytes behind the records of a segment', () => {
  const surplus = Buffer.from('half a record that a crash has left\nand more');

  function told(event: string, size: number, file = 'seg-0000000000000040.jsonl') {
    return (seq: number) => (seq === 90 ? { event, details: { file, size } } : {});
  }

  async function withSurplus(fields: NonNullable<StreamPlan['fields']>, records = 100) {
    return withStream({ fields, records, anchored: [records] }, async (stream, log) => {
      stream.surplus.set(40, surplus);
      log.write();
      return problemsOf(await verifiedStream(log));
    });
  }

  /** Where the records of the second segment end. */
  async function endOfSecond(): Promise<number> {
    return withStream({}, (stream) => stream.lines.slice(40, 80).join('\n').length + 1);
  }

  it.each(['audit_segment_abandoned', 'audit_segment_changed'])(
    'are explained by a later record %s',
    async (event) => {
      expect(await withSurplus(told(event, await endOfSecond()))).toEqual([]);
    },
  );

  it('are tampering when no later record explains exactly them', async () => {
    const size = await endOfSecond();
    for (const fields of [
      () => ({}),
      told('audit_segment_abandoned', size - 1),
      told('audit_segment_abandoned', size, 'seg-0000000000000000.jsonl'),
      told('authn_login_fail', size),
      (seq: number) => told('audit_segment_abandoned', size)(seq + 40),
    ]) {
      expect(await withSurplus(fields)).toEqual(['segment-surplus 80']);
    }
  });

  it('are not explained by the details of another event', async () => {
    const details = { event: 'audit_segment_abandoned', file: 'seg-0000000000000040.jsonl' };
    const size = await endOfSecond();
    expect(await withSurplus(() => ({ details: { ...details, size } }))).toEqual([
      'segment-surplus 80',
    ]);
  });
});

describe('What was written after the last checkpoint', () => {
  it('may be unsigned for 10 seconds, also when its last line is only half there', async () => {
    await withStream({ signed: 95, anchored: [95] }, async (stream, log) => {
      const path = join(log.directory, stream.name, 'seg-0000000000000080.jsonl');
      appendFileSync(path, '{"v":1,"seq":100,"pr');
      const report = await verifiedStream(log, { asOf: later(log.end, 10) });
      expect(report).toMatchObject({ status: 'clean', records: 100, signed: 95 });
      const old = await verifiedStream(log, { asOf: later(log.end, 11) });
      expect(problemsOf(old)).toEqual(['unsigned-tail 95']);
    });
  });

  it('has to continue the chain all the same', async () => {
    await withStream({ signed: 95, anchored: [95] }, async (stream, log) => {
      stream.lines[97] = String(stream.lines[97]).replace('success', 'failure');
      log.write();
      expect(problemsOf(await verifiedStream(log))).toEqual(['record-changed 97']);
    });
  });

  it('is not a shutdown in order', async () => {
    await withStream({ signed: 95, anchored: [95], ending: 'closed' }, async (_, log) => {
      expect((await verifiedStream(log)).closed).toBe(false);
    });
  });
});

describe('Something that is missing or not what it has to be', () => {
  it.each([
    ['genesis.json', ['genesis-missing 0']],
    ['checkpoint', ['checkpoint-missing 60']],
    ['epochs.notes', ['epoch-missing 0', 'anchor-ahead 20', 'anchor-ahead 20']],
    ['seg-0000000000000000.jsonl', ['tiles-missing 0']],
    ['seg-0000000000000040.jsonl', ['record-missing 40']],
    ['seg-0000000000000080.jsonl', ['records-missing 80']],
  ])('is named: %s', async (file, problems) => {
    await withStream({}, async (stream, log) => {
      rmSync(join(log.directory, stream.name, file));
      const report = await verifiedStream(log);
      expect(problemsOf(report)).toEqual(problems);
      expect(report.status).toBe('tampered');
    });
  });

  it('is no loss when it is only a cache or kept in the trust file', async () => {
    await withStream({}, async (stream, log) => {
      for (const file of ['identity.vkey', 'frontier.json']) {
        rmSync(join(log.directory, stream.name, file));
      }
      expect((await verifiedStream(log)).status).toBe('clean');
    });
  });

  it('is a segment that was pruned without a record that says so', async () => {
    const plan = { prunedTo: 40, fields: pruned(99, 38) };
    await withStream(plan, async (_, log) => {
      expect(problemsOf(await verifiedStream(log))).toEqual(['segments-missing 0']);
    });
  });

  it('is the genesis or the identity of another log', async () => {
    await withStream({}, async (stream, log) => {
      const other = buildAuditLog({});
      const trust = parseTrust(other.trust);
      other.remove();
      expect(problemsOf(await verifiedStream(log, { trust }))).toEqual(['genesis-mismatch 0']);
      writeFileSync(join(log.directory, stream.name, 'identity.vkey'), 'no key\n');
      expect(problemsOf(await verifiedStream(log))).toEqual(['identity-mismatch 0']);
    });
  });

  it('is a statement whose end a crash has cut off: that proves nothing, and nothing is wrong', async () => {
    await withStream({}, async (stream, log) => {
      const path = join(log.directory, stream.name, 'epochs.notes');
      appendFileSync(path, stream.note(100, 2).slice(0, 80));
      const report = await verifiedStream(log);
      expect(problemsOf(report)).toEqual(['epoch-unfinished 60']);
      expect(report.status).toBe('incomplete');
    });
  });

  it('names the file and the place in it', async () => {
    await withStream({}, async (stream, log) => {
      stream.lines[45] = String(stream.lines[45]).replace('"info"', '"warn"');
      log.write();
      const offset = stream.lines.slice(40, 45).join('\n').length + 1;
      expect((await verifiedStream(log)).problems).toEqual([
        {
          kind: 'record-changed',
          grade: 'tampered',
          seq: 45,
          file: '0-stream00/seg-0000000000000040.jsonl',
          offset,
          message: expect.any(String),
        },
      ]);
    });
  });
});

describe('Where the tiles still hold what was signed', () => {
  it('the record that was changed is known, though all after it were computed anew', async () => {
    await withStream({ tiles: 'all' }, async (stream, log) => {
      const tiles = [...stream.files()].filter(([name]) => name.startsWith('tile/'));
      stream.lines[72] = String(stream.lines[72]).replace('success', 'failure');
      stream.relink(72);
      log.write();
      for (const [name, bytes] of tiles) {
        writeFileSync(join(log.directory, stream.name, name), bytes);
      }
      const report = await verified(log);
      expect(report.firstBadSeq).toBe(72);
      expect(report.streams.flatMap(problemsOf)).toEqual(['root-mismatch 72', 'root-mismatch 72']);
    });
  });
});

describe('verifyLog', () => {
  it('tells how far it is', async () => {
    await withStream({}, async (_, log) => {
      const told: number[][] = [];
      await verified(log, {
        onProgress: ({ bytes, totalBytes, records }) => told.push([bytes, totalBytes, records]),
      });
      const [total] = told.map(([, bytes]) => bytes);
      expect(told.at(-1)).toEqual([total, total, 100]);
    });
  });

  it('stops when it is told to, with the reason that it is given', async () => {
    await withStream({}, async (_, log) => {
      const stop = new AbortController();
      const running = verified(log, {
        signal: stop.signal,
        onProgress: () => stop.abort('enough'),
      });
      await expect(running).rejects.toBe('enough');
    });
  });

  it('refuses options that are out of bounds', async () => {
    for (const options of [
      { parallel: -1 },
      { parallel: 65 },
      { maxAgeSeconds: 0.5 },
      { asOf: new Date(NaN) },
    ]) {
      await expect(verifyLog('.', options)).rejects.toBeInstanceOf(RangeError);
    }
  });

  it('says when a folder cannot be read, and nothing about a log', async () => {
    await withStream({}, async (_, { directory }) => {
      const code = 'AUDIT_LOG_UNREADABLE';
      await expect(verifyLog(join(directory, 'nowhere'))).rejects.toMatchObject({ code });
      const long = join(directory, 'x'.repeat(300));
      for (const parallel of [0, 1]) {
        await expect(verifyLog(directory, { anchors: [long], parallel })).rejects.toMatchObject({
          code,
        });
      }
    });
  });

  it('judges a log by the moment that it is given, whenever it is', async () => {
    await withStream({ start: Date.now() - 10 * SECOND }, async (_, log) => {
      const { asOf, ...others } = { trust: parseTrust(log.trust), anchors: [log.anchor], asOf: 0 };
      expect(asOf).toBe(0);
      expect((await verifyLog(log.directory, others)).status).toBe('clean');
    });
  });

  it('does not mind a folder that was renamed and given back', async () => {
    await withStream({}, async (stream, log) => {
      const [here, there] = [join(log.directory, stream.name), join(log.directory, 'away')];
      renameSync(here, there);
      expect(problemsOf(await verifiedStream(log))).toEqual(['stream-missing 0']);
      renameSync(there, here);
      expect((await verifiedStream(log)).status).toBe('clean');
    });
  });
});
