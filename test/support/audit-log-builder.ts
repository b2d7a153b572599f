import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  newKey,
  originOf,
  RECOVERY_NAME,
  vkeyOf,
  WITNESS_NAME,
  type TestKey,
} from './audit-log-format.js';
import { TestStream, type StreamPlan } from './audit-log-stream.js';

/** A whole audit directory, with what is kept elsewhere beside it. */
export interface TestLog {
  /** The audit directory. */
  readonly directory: string;
  /** The folder of a directory anchor. */
  readonly anchor: string;
  /** Mutable, as the folder is. */
  readonly streams: TestStream[];
  /** The trust file as it was made in the beginning, as JSON text. */
  readonly trust: string;
  readonly recovery: TestKey;
  readonly witness: TestKey;
  /** When the last checkpoint was made. */
  readonly end: Date;
  /** Writes everything anew, as the streams hold it now. */
  write(): void;
  /** Removes all of it from the disk. */
  remove(): void;
}

/**
 * Builds audit logs from the description of their format, with every key at hand. What a test changes in
 * the streams afterwards stands on the disk after `write()`.
 */
export function buildAuditLog(...plans: readonly StreamPlan[]): TestLog {
  const folder = mkdtempSync(join(tmpdir(), 'audit-log-'));
  const directory = join(folder, 'log');
  const anchor = join(folder, 'anchor');
  const [recovery, witness] = [newKey(), newKey()];
  const streams = (plans.length === 0 ? [{}] : plans).map(
    (plan, index) => new TestStream({ name: `${index}-stream0${index}`, ...plan }, witness),
  );
  const log: TestLog = {
    directory,
    anchor,
    streams,
    recovery,
    witness,
    end: new Date(Math.max(...streams.map(({ end }) => end))),
    trust: trustText(streams, recovery, witness),
    write: () => writeAll(log, anchor),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  log.write();
  return log;
}

function trustText(streams: readonly TestStream[], recovery: TestKey, witness: TestKey): string {
  return JSON.stringify({
    v: 1,
    streams: streams.map(({ name, epochs: [first], identity }) => ({
      stream: name,
      epochKey: first?.publicKey.toString('base64'),
      identity: vkeyOf(originOf(name), identity.publicKey),
    })),
    recovery: vkeyOf(RECOVERY_NAME, recovery.publicKey),
    witnesses: [vkeyOf(WITNESS_NAME, witness.publicKey, 4)],
  });
}

function writeAll({ directory, streams }: TestLog, anchor: string): void {
  for (const each of [directory, anchor]) rmSync(each, { recursive: true, force: true });
  for (const each of [directory, anchor]) mkdirSync(each, { recursive: true });
  for (const stream of streams) {
    writeFiles(join(directory, stream.name), stream.files());
    writeFiles(join(directory, 'keys'), stream.keyFiles());
    if (stream.anchored.length === 0) continue;
    writeFileSync(
      join(anchor, `${stream.name}.notes`),
      stream.anchored.map((note) => `${note}\n`).join(''),
    );
  }
}

function writeFiles(folder: string, files: ReadonlyMap<string, string | Buffer>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}
