import { rmSync } from 'node:fs';
import { Shipper } from '../../lib/audit/ship/shipper.js';
import { ScriptedSink } from './scripted-sink.js';
import { WrittenStream } from './written-stream.js';

/*
 * Writes a stream of so many records with so many characters each, then ships it to a sink that keeps nothing:
 * node ship-backlog.js <records> <characters>
 */
const [records = 0, characters = 0] = process.argv.slice(2).map(Number);
const stream = new WrittenStream();
while (stream.size < records) {
  stream.append(Math.min(100, records - stream.size), 'x'.repeat(characters));
  stream.lines.length = 0;
}

const sink = new ScriptedSink();
let shipped = 0;
sink.before = (batch) => {
  shipped += batch.length;
  sink.batches.length = 0;
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
const rssMiB = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(JSON.stringify({ records: shipped, lag: shipper.state().lag, rssMiB }));
