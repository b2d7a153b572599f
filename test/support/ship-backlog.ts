import { rmSync } from 'node:fs';
import { Shipper } from '../../lib/audit/ship/shipper.js';
import { ScriptedSink } from './scripted-sink.js';
import { WrittenStream } from './written-stream.js';

/*
 * Writes a stream of so many records with so many characters each, then ships it to a sink that keeps nothing:
 * node --expose-gc ship-backlog.js <records> <characters>
 *
 * Tells how much memory was in use at the most while it shipped, garbage aside: how late a machine collects that,
 * and gives it back, says nothing of the shipper.
 */
const [records = 0, characters = 0] = process.argv.slice(2).map(Number);
const stream = new WrittenStream();
while (stream.size < records) {
  stream.append(Math.min(100, records - stream.size), 'x'.repeat(characters));
  stream.lines.length = 0;
}

const sink = new ScriptedSink();
let [shipped, calls, mostBytes] = [0, 0, 0];
sink.before = (batch) => {
  shipped += batch.length;
  sink.batches.length = 0;
  calls += 1;
  if (calls % 20 !== 1) return;
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  mostBytes = Math.max(mostBytes, heapUsed + arrayBuffers);
};
const shipper = new Shipper({
  sink,
  stream: stream.name,
  folder: stream.folder,
  report: (event) => void process.stderr.write(`${event.event}\n`),
  closeTimeoutMs: 60_000,
});
shipper.advance(stream.size);
await shipper.close();
rmSync(stream.folder, { recursive: true });
const mostMiB = Math.ceil(mostBytes / 1024 / 1024);
process.stdout.write(JSON.stringify({ records: shipped, lag: shipper.state().lag, mostMiB }));
