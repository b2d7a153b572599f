import { leafHash } from '../log/leaf-hash.js';
import { AuditFork } from './audit-fork.js';
import type { ShippedRecord } from './audit-sink.js';

const MAX_LINE_BYTES = 65_535;
const CR = 0x0d;
const HASH_DIGITS = 64;
const HASH = /^[0-9a-f]{64}$/;

/** Where a line must stand. */
export interface ExpectedPlace {
  readonly stream: string;
  readonly seq: number;
  /** The leaf hash of the record before; `undefined` where that record is not known. */
  readonly prev: string | undefined;
}

/**
 * Makes a line of a segment a record to be sent.
 *
 * @throws AuditFork when it is not the record of that place, or does not continue the chain
 */
export function recordOf(line: Buffer, { stream, seq, prev }: ExpectedPlace): ShippedRecord {
  const id = `${stream}:${seq}`;
  const before = `{"v":1,"seq":${seq},"prev":"`;
  const link = prev ?? line.toString('latin1', before.length, before.length + HASH_DIGITS);
  const start = `${before}${link}","id":"${id}",`;
  const isInPlace =
    line.length <= MAX_LINE_BYTES &&
    HASH.test(link) &&
    line.toString('latin1', 0, start.length) === start &&
    !line.includes(CR);
  if (!isInPlace) throw new AuditFork('chain-broken', seq);
  return { id, stream, seq, leafHash: leafHash(line), line: line.toString('utf8') };
}
