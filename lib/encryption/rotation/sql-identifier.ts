const MAX_BYTES = 63;

/**
 * Quotes the name of a table or column for PostgreSQL, so that it can be nothing else. Its case counts.
 *
 * @throws TypeError for a name that is empty, longer than 63 bytes (which PostgreSQL would cut in silence)
 * or has a zero or a lone surrogate
 */
export function quotedIdentifier(name: string): string {
  const isName =
    typeof name === 'string' && name !== '' && name.isWellFormed() && !name.includes('\0');
  if (!isName || Buffer.byteLength(name) > MAX_BYTES) {
    throw new TypeError(
      `the name of a table or column must be a text of 1 to ${MAX_BYTES} bytes without zeros`,
    );
  }
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * Quotes `table` or `schema.table`.
 *
 * @throws TypeError for more than one dot, and as {@link quotedIdentifier} does for each part
 */
export function quotedTable(table: string): string {
  const parts = typeof table === 'string' ? table.split('.') : [];
  if (parts.length < 1 || parts.length > 2) {
    throw new TypeError('a table is named "table" or "schema.table"');
  }
  return parts.map(quotedIdentifier).join('.');
}
