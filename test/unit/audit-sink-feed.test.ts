import { SinkFeed } from '../../lib/audit/log/sink-feed.js';
import { AuditSink, type ShippedRecord } from '../../lib/audit/ship/audit-sink.js';

const recordOf = (seq: number): ShippedRecord => ({
  id: `0-aaaaaaaa:${seq}`,
  stream: '0-aaaaaaaa',
  seq,
  leafHash: '0'.repeat(64),
  line: '{}',
});

/** Answers when it is told to, and minds no signal. */
class SlowSink extends AuditSink {
  readonly name = 'slow';
  readonly seqs: number[] = [];
  #answer: () => void = () => undefined;

  override async write(records: readonly ShippedRecord[]): Promise<void> {
    await new Promise<void>((resolve) => (this.#answer = resolve));
    for (const { seq } of records) this.seqs.push(seq);
  }

  async answer(): Promise<void> {
    this.#answer();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('Records that wait for a sink', () => {
  it('are not waited for without end where the sink never answers', async () => {
    const feed = new SinkFeed(new SlowSink());
    feed.push(recordOf(0));
    await expect(feed.drained(50)).rejects.toMatchObject({ code: 'AUDIT_SINK_FAILED' });
  });

  it('are waited for until the sink has them, though more keep coming', async () => {
    const sink = new SlowSink();
    const feed = new SinkFeed(sink);
    feed.push(recordOf(0));
    const drained = feed.drained(5000);
    feed.push(recordOf(1));
    await sink.answer();
    await drained;
    expect(sink.seqs).toEqual([0]);
    expect(feed.length).toBe(1);
    await sink.answer();
    await feed.drained(5000);
    expect(sink.seqs).toEqual([0, 1]);
  });

  it('are not waited for any more once the feed has ended', async () => {
    const feed = new SinkFeed(
      new (class extends SlowSink {
        override write(): Promise<void> {
          return Promise.reject(new Error('not now'));
        }
      })(),
    );
    feed.push(recordOf(0));
    const drained = feed.drained(20_000);
    const closing = performance.now();
    await feed.close(50);
    await drained;
    expect(performance.now() - closing).toBeLessThan(5000);
  });
});
