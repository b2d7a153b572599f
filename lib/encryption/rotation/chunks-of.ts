import type { RotationRow, RotationSource } from './rotation-source.js';

const MAX_ROWS = 25;
const MAX_CHARACTERS = 1024 * 1024;

/**
 * Splits a batch into what is worked on in one go: few enough rows that the event loop is not held for long,
 * and one at a time where the source swaps one at a time.
 */
export function chunksOf(
  batch: readonly RotationRow[],
  source: RotationSource,
): readonly (readonly RotationRow[])[] {
  const most = source.swapMany ? MAX_ROWS : 1;
  const chunks: RotationRow[][] = [];
  let last: RotationRow[] = [];
  let characters = 0;
  for (const row of batch) {
    const length = typeof row.value === 'string' ? row.value.length : 0;
    if (last.length === 0 || last.length === most || characters + length > MAX_CHARACTERS) {
      last = [];
      characters = 0;
      chunks.push(last);
    }
    last.push(row);
    characters += length;
  }
  return chunks;
}
