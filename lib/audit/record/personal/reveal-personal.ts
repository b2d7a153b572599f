import type { SubjectKeys } from './subject-keys.js';

/** More levels than records have. */
const MAX_DEPTH = 32;

/** A copy of plain data in which personal data is readable, as far as its keys are there. */
export async function revealPersonal(
  data: unknown,
  keys: SubjectKeys,
  depth = 0,
): Promise<unknown> {
  if (typeof data === 'string') {
    const opened = await keys.open(data);
    return opened ? opened.value : data;
  }
  if (typeof data !== 'object' || data === null || depth === MAX_DEPTH) return data;
  if (Array.isArray(data))
    return Promise.all(data.map((item: unknown) => revealPersonal(item, keys, depth + 1)));
  const entries = Object.entries(data).map(
    async ([name, value]) => [name, await revealPersonal(value, keys, depth + 1)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
