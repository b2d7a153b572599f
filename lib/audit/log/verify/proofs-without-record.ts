import { opendir } from 'node:fs/promises';
import { systemErrorCode } from '../../../common/system-error-code.js';
import { unreadable } from '../read/regular-file.js';

const PROOF_NAME = /^(0|[1-9]\d{0,15})\.tlog-proof$/;
const NO_FOLDER = ['ENOENT', 'ENOTDIR'];

/**
 * The proofs of an export whose records are not in it.
 *
 * @param folder the folder of proofs
 * @param seqs the records that are there
 * @returns how many they are and the lowest of them; `undefined` when there is none
 * @throws AuditError `AUDIT_LOG_UNREADABLE`
 */
export async function proofsWithoutRecord(
  folder: string,
  seqs: ReadonlySet<number>,
): Promise<{ readonly count: number; readonly least: number } | undefined> {
  let [count, least] = [0, Infinity];
  try {
    for await (const { name } of await opendir(folder)) {
      const seq = Number(PROOF_NAME.exec(name)?.[1] ?? NaN);
      if (!Number.isSafeInteger(seq) || seqs.has(seq)) continue;
      count += 1;
      least = Math.min(least, seq);
    }
  } catch (error) {
    if (!NO_FOLDER.includes(systemErrorCode(error))) throw unreadable(error, folder);
  }
  return count === 0 ? undefined : { count, least };
}
