import assert from 'node:assert/strict';
import { chainLine, type ChainEnd } from '../audit/log/chain.js';
import type { AuditSink, ShippedRecord } from '../audit/ship/audit-sink.js';
import type { ContractRunner } from './contract-runner.js';

/** A sink under test, and a way to look into it. */
export interface AuditSinkUnderTest {
  /** The sink. */
  readonly sink: AuditSink;
  /** Every record of a stream that the sink holds, in the order in which it keeps them. */
  readonly held: (stream: string) => Promise<readonly ShippedRecord[]>;
}

type CreateSink = () => AuditSinkUnderTest | Promise<AuditSinkUnderTest>;

const STREAM = '0-contract';
const OTHER_STREAM = '1-contract';
const MAX_RECORDS = 500;
const LARGE = 60_000;
const signal = new AbortController().signal;
const texts = ['plain', 'Zoë – 日本語 🔒', 'quote " backslash \\ </script>', '\u2028\u0000'];

/**
 * Tests that an {@link AuditSink} keeps what its contract promises. A sink that has `latest` must also refuse
 * another record with an id that it holds.
 *
 * @param createSink gives a sink that holds nothing, and each time another one
 * @example
 * auditSinkContract({ describe, it }, async () => {
 *   const table = await emptyTable();
 *   return { sink: new TableAuditSink(table), held: (stream) => table.recordsOf(stream) };
 * });
 */
export function auditSinkContract(runner: ContractRunner, createSink: CreateSink): void {
  runner.describe('an AuditSink', () => {
    keeping(runner, createSink);
    repeating(runner, createSink);
    telling(runner, createSink);
  });
}

type Suite = (runner: ContractRunner, createSink: CreateSink) => void;

const keeping: Suite = ({ it }, createSink) => {
  it('has a name of 1 to 64 of a-z 0-9 - _', async () => {
    const { sink } = await createSink();
    assert.match(sink.name, /^[a-z0-9_-]{1,64}$/);
  });

  it('keeps records in their order, every line to the byte', async () => {
    const { sink, held } = await createSink();
    const records = recordsOf(STREAM, 9);
    await sink.write(records.slice(0, 4), signal);
    await sink.write(records.slice(4), signal);
    assert.deepEqual(plain(await held(STREAM)), records);
  });

  it('keeps 500 records, and lines of 60,000 bytes, that come at once', async () => {
    const { sink, held } = await createSink();
    const many = recordsOf(STREAM, MAX_RECORDS);
    const large = recordsOf(OTHER_STREAM, 16, 'x'.repeat(LARGE));
    await sink.write(many, signal);
    await sink.write(large, signal);
    assert.deepEqual(plain(await held(STREAM)), many);
    assert.deepEqual(plain(await held(OTHER_STREAM)), large);
  });

  it('keeps streams apart', async () => {
    const { sink, held } = await createSink();
    const [ours, theirs] = [recordsOf(STREAM, 2), recordsOf(OTHER_STREAM, 3)];
    await sink.write(ours, signal);
    await sink.write(theirs, signal);
    assert.deepEqual(plain(await held(STREAM)), ours);
    assert.deepEqual(plain(await held(OTHER_STREAM)), theirs);
  });
};

const repeating: Suite = ({ it }, createSink) => {
  it('takes records again that it holds, and loses nothing', async () => {
    const { sink, held } = await createSink();
    const records = recordsOf(STREAM, 8);
    await sink.write(records.slice(0, 5), signal);
    await sink.write(records.slice(2, 5), signal);
    await sink.write(records.slice(3), signal);
    assert.deepEqual(once(await held(STREAM)), records);
  });

  it('refuses another record with an id that it holds, if it can tell what it holds', async () => {
    const { sink, held } = await createSink();
    if (!sink.latest) return;
    const [records, forged] = [recordsOf(STREAM, 3), recordsOf(STREAM, 4, 'forged')];
    await sink.write(records, signal);
    await assert.rejects(sink.write(forged, signal), { code: 'AUDIT_FORK' });
    await assert.rejects(sink.write(forged.slice(2), signal), { code: 'AUDIT_FORK' });
    assert.deepEqual(plain(await held(STREAM)), records);
  });
};

const telling: Suite = ({ it }, createSink) => {
  it('tells the last record of a stream, if it tells any', async () => {
    const { sink } = await createSink();
    if (!sink.latest) return;
    const records = recordsOf(STREAM, 12);
    assert.equal(await sink.latest(STREAM), undefined);
    for (const upTo of [1, 10, 12]) {
      await sink.write(records.slice(0, upTo), signal);
      assert.deepEqual({ ...(await sink.latest(STREAM)) }, markOf(records[upTo - 1]));
    }
    await sink.write(records.slice(3, 5), signal);
    assert.deepEqual({ ...(await sink.latest(STREAM)) }, markOf(records[11]));
    assert.equal(await sink.latest(OTHER_STREAM), undefined);
  });
};

function recordsOf(stream: string, count: number, text?: string): ShippedRecord[] {
  let end: ChainEnd = { nextSeq: 0, prev: '0'.repeat(64) };
  return Array.from({ length: count }, (_, seq) => {
    const details = { text: text ?? texts[seq % texts.length] };
    const chained = chainLine(stream, end, JSON.stringify({ event: 'contract', details }).slice(1));
    end = chained.end;
    const line = chained.line.toString('utf8', 0, chained.line.length - 1);
    return { id: chained.id, stream, seq, leafHash: chained.leafHash, line };
  });
}

/** A sink may keep more than a record has. */
function plain(records: readonly ShippedRecord[]): ShippedRecord[] {
  return records.map(({ id, stream, seq, leafHash, line }) => ({
    id,
    stream,
    seq,
    leafHash,
    line,
  }));
}

function once(records: readonly ShippedRecord[]): ShippedRecord[] {
  return [...new Map(plain(records).map((record) => [record.id, record])).values()];
}

function markOf(record: ShippedRecord | undefined): { seq: number; leafHash: string } | undefined {
  return record && { seq: record.seq, leafHash: record.leafHash };
}
