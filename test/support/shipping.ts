import { join } from 'node:path';
import type { AuditEvent } from '../../lib/audit/record/audit-event.js';
import { Shipper, type ShipperOptions } from '../../lib/audit/ship/shipper.js';
import type { ScriptedSink } from './scripted-sink.js';
import { WrittenStream } from './written-stream.js';

/** A stream, its shippers, which fail and try again quickly, and what they reported. */
export class Shipping {
  stream = new WrittenStream();
  readonly events: AuditEvent[] = [];
  readonly #open: Shipper[] = [];

  /** Starts a shipper, as a process would. */
  ship(sink: ScriptedSink, options: Partial<ShipperOptions> = {}): Shipper {
    const shipper = new Shipper({
      sink,
      stream: this.stream.name,
      folder: this.stream.folder,
      report: (event) => void this.events.push(event),
      backoff: { firstMs: 1, maxMs: 2 },
      closeTimeoutMs: 10_000,
      ...options,
    });
    this.#open.push(shipper);
    return shipper;
  }

  /** The path of the file that remembers how far a sink has come. */
  offsetOf(sink = 'scripted'): string {
    return join(this.stream.folder, 'sinks', `${sink}.json`);
  }

  async end(): Promise<void> {
    await Promise.all(this.#open.map((shipper) => shipper.close()));
  }
}

/** The numbers from one to, but not including, another. */
export function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
