/**
 * A number with what it counts, for people: `1 record`, `2 records`.
 *
 * @param thing its singular; the plural has an `s` behind it
 */
export function counted(count: number, thing: string): string {
  return `${count} ${count === 1 ? thing : `${thing}s`}`;
}
