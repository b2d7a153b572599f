import type { EncryptionService } from '../encryption.service.js';
import { parseSealed } from '../sealed.js';
import { refusalOf } from './refusal-of.js';
import { keysOf } from './renew-value.js';
import type { KeyCount, RotationRow, RotationSource } from './rotation-source.js';

const BATCH_SIZE = 500;

/** Which keys the values of a source are encrypted under. */
export interface KeyUsage {
  /** The name of the source. */
  readonly source: string;
  /** How many values there are of each key, the key with the most first. */
  readonly keys: readonly KeyCount[];
  /** How many values there are that no key opens and that name none. */
  readonly unknown: number;
}

/**
 * Counts the values of a source by key. A value in the stored form counts for the key that it names, opened
 * or not; a bare token for the key that opens it. Reads every row, except where the source counts the
 * stored form by itself.
 *
 * @throws TypeError when the source's own count is none
 */
export async function countKeys(
  encryption: Pick<EncryptionService, 'decryptDetailed'>,
  source: RotationSource,
): Promise<KeyUsage> {
  const sealed = await source.countSealed?.();
  const counts = new Map<string | undefined, number>();
  const add = (keyId: string | undefined, rows: number): void => {
    if (!Number.isSafeInteger(rows) || rows < 0) throw new TypeError('rows must be a whole number');
    counts.set(keyId, (counts.get(keyId) ?? 0) + rows);
  };
  for (const { keyId, rows } of sealed ?? []) add(keyId, rows);
  for await (const batch of source.batches({ size: BATCH_SIZE, bareOnly: sealed !== undefined })) {
    for (const row of batch) if (row.value !== null) add(keyIdOf(encryption, row), 1);
  }
  const keys = [...counts].flatMap(([keyId, rows]) => (keyId === undefined ? [] : { keyId, rows }));
  return {
    source: source.name,
    keys: keys.toSorted((a, b) => b.rows - a.rows || (a.keyId < b.keyId ? -1 : 1)),
    unknown: counts.get(undefined) ?? 0,
  };
}

/** How many values need a key, or may need it. */
export function usesOfKey({ keys, unknown }: KeyUsage, keyId: string): number | 'unknown' {
  const rows = keys.find((key) => key.keyId === keyId)?.rows ?? 0;
  return rows === 0 && unknown > 0 ? 'unknown' : rows;
}

function keyIdOf(
  encryption: Pick<EncryptionService, 'decryptDetailed'>,
  row: RotationRow,
): string | undefined {
  const named = parseSealed(row.value)?.keyId;
  if (named !== undefined || typeof row.value !== 'string') return named;
  try {
    return encryption.decryptDetailed(row.value, { ...keysOf(row), allowRevokedKey: true }).keyId;
  } catch (error) {
    refusalOf(error);
    return undefined;
  }
}
