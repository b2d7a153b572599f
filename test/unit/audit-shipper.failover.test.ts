import { setTimeout as wait } from 'node:timers/promises';
import { codedError, ScriptedSink, TellingSink } from '../support/scripted-sink.js';
import { numbers, Shipping } from '../support/shipping.js';
import { until } from '../support/until.js';

let shipping: Shipping;

beforeEach(() => void (shipping = new Shipping()));
afterEach(() => shipping.end());

/** A table that takes only what continues its last record. */
class OrderedSink extends TellingSink {
  asked = 0;

  constructor() {
    super();
    this.before = ([first]) => {
      if (first?.seq !== (this.held?.seq ?? -1) + 1) throw codedError('AU001');
    };
  }

  override async latest(): Promise<TellingSink['held']> {
    this.asked += 1;
    return this.held;
  }
}

const behind = (): unknown[] =>
  shipping.events
    .filter(({ event }) => event === 'audit_sink_behind')
    .map(({ details }) => details);

describe('A sink that lost its last records while the log goes on', () => {
  it('gets them again without a restart, and that is reported', async () => {
    const { stream } = shipping;
    const sink = new OrderedSink();
    const shipper = shipping.ship(sink);
    stream.append(5);
    shipper.advance(5);
    await until(() => shipper.state().lag === 0);
    sink.held = sink.records[1];
    // The offset file may be a quarter of a second old.
    await wait(300);
    stream.append(2);
    shipper.advance(7);
    await until(() => shipper.state().lag === 0 && shipper.state().error === undefined);
    expect(sink.seqs).toEqual([...numbers(0, 5), ...numbers(2, 7)]);
    expect(behind()).toEqual([{ held: 1, acknowledged: 4 }]);
    expect(shipper.state()).toEqual({ seq: 6, remembered: expect.any(Number), lag: 0 });
  });

  it('is reported once, however often it refuses the rest', async () => {
    const { stream } = shipping;
    const sink = new OrderedSink();
    const shipper = shipping.ship(sink, { closeTimeoutMs: 1 });
    stream.append(5);
    shipper.advance(5);
    await until(() => shipper.state().lag === 0);
    sink.held = sink.records[1];
    sink.before = () => Promise.reject(codedError('AU001'));
    await wait(300);
    stream.append(2);
    shipper.advance(7);
    await until(() => sink.asked > 4);
    expect(behind()).toEqual([{ held: 1, acknowledged: 4 }]);
    expect(shipper.state()).toMatchObject({ seq: 1, remembered: 1, error: 'AU001' });
  });

  it('is asked no more often than it is tried', async () => {
    const sink = new OrderedSink();
    let tries = 0;
    sink.before = () => {
      tries += 1;
      throw codedError('ECONNREFUSED');
    };
    const shipper = shipping.ship(sink, { closeTimeoutMs: 1 });
    shipping.stream.append(1);
    shipper.advance(1);
    await until(() => tries > 4);
    expect(sink.asked).toBeLessThanOrEqual(tries + 1);
  });

  it('goes on where it was when it cannot tell', async () => {
    const sink = new ScriptedSink();
    const shipper = shipping.ship(sink);
    shipping.stream.append(3);
    shipper.advance(3);
    await until(() => shipper.state().lag === 0);
    let refusals = 2;
    sink.before = () => {
      if (refusals-- > 0) throw codedError('EPIPE');
    };
    shipping.stream.append(1);
    shipper.advance(4);
    await until(() => shipper.state().lag === 0);
    expect(sink.seqs).toEqual(numbers(0, 4));
  });
});
