const WHOLE = /^(?:0|[1-9]\d{0,15})$/;

/** Reads a decimal number without sign and leading zeros; `undefined` for others and beyond the safe integers. */
export function parseWhole(digits: string): number | undefined {
  const value = WHOLE.test(digits) ? Number(digits) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}
