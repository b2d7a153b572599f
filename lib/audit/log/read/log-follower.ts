import { join } from 'node:path';
import { parseRecord, type AuditRecord } from '../../record/audit-record.js';
import { backwardRecords } from './backward-records.js';
import { damagedRecord } from './damage.errors.js';
import { isFolder, segmentsOf, streamNames } from './log-folder.js';
import { recordPlace } from './record-place.js';
import { linesOf } from './segment-lines.js';

/** How far a stream was followed. */
interface Position {
  /** The place of the next record. */
  next: number;
  /** The segment that was read last, and how far in bytes. */
  segment?: string;
  offset: number;
}

/** Reads the records that are added to a log, stream by stream. Verifies nothing. */
export class LogFollower {
  readonly #directory: string;
  readonly #positions = new Map<string, Position>();

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Begins at the end of a log.
   *
   * @throws AuditError `AUDIT_LOG_DAMAGED`, `AUDIT_LOG_UNREADABLE`
   */
  static async at(directory: string): Promise<LogFollower> {
    const follower = new LogFollower(directory);
    for (const stream of await streamNames(directory)) {
      const folder = join(directory, stream);
      if (!(await isFolder(folder))) continue;
      follower.#positions.set(stream, { next: await endOf(folder), offset: 0 });
    }
    return follower;
  }

  /** Leaves out records that are known already. */
  passOver(records: readonly AuditRecord[]): void {
    for (const { id, seq } of records) {
      const position = this.#positions.get(id.slice(0, id.lastIndexOf(':')));
      if (position) position.next = Math.max(position.next, seq + 1);
    }
  }

  /**
   * What was added since, each stream in its order.
   *
   * @throws AuditError `AUDIT_LOG_DAMAGED` where a line is no record, `AUDIT_LOG_UNREADABLE`
   */
  async *added(): AsyncGenerator<AuditRecord> {
    for (const stream of await streamNames(this.#directory)) {
      const folder = join(this.#directory, stream);
      if (!(await isFolder(folder))) continue;
      const position = this.#positions.get(stream) ?? { next: 0, offset: 0 };
      this.#positions.set(stream, position);
      yield* follow(folder, position);
    }
  }
}

async function endOf(folder: string): Promise<number> {
  for await (const [line] of backwardRecords(folder)) {
    const place = line && recordPlace(line);
    if (place) return place.seq + 1;
  }
  return 0;
}

async function* follow(folder: string, position: Position): AsyncGenerator<AuditRecord> {
  const segments = await segmentsOf(folder);
  for (const [index, segment] of segments.entries()) {
    if (segment.first > position.next) await passOverPruned(folder, position);
    const limit = segments[index + 1]?.first ?? Infinity;
    if (limit <= position.next || segment.name < (position.segment ?? '')) continue;
    if (segment.name !== position.segment) position.offset = 0;
    position.segment = segment.name;
    for await (const { line, offset } of linesOf(segment, position.offset)) {
      const seq = recordPlace(line)?.seq ?? Infinity;
      if (seq > position.next) throw damagedRecord(position.next, segment.path);
      position.offset = offset + line.length + 1;
      if (seq < position.next) continue;
      yield parseRecord(line.toString('utf8'));
      position.next += 1;
      if (position.next === limit) break;
    }
  }
}

/** Who follows slowly may come when records are gone already. */
async function passOverPruned(folder: string, position: Position): Promise<void> {
  const [oldest] = await segmentsOf(folder);
  position.next = Math.max(position.next, oldest?.first ?? 0);
}
