/** A row of a Markdown table: the text of each cell by its column's name. */
export type TableRow<Column extends string> = Readonly<Record<Column, string>>;

const DELIMITER = /^\|(?:\s*:?-+:?\s*\|)+$/;

/**
 * The rows of every table of a page that has exactly these columns, in the order of the page.
 *
 * @throws Error for a row with another number of cells
 */
export function tableRows<Column extends string>(
  page: string,
  columns: readonly Column[],
): TableRow<Column>[] {
  const lines = page.split('\n').map((line) => line.trim());
  return lines.flatMap((line, index) => {
    const isHeader =
      DELIMITER.test(lines[index + 1] ?? '') && cellsOf(line).join() === columns.join();
    return isHeader ? bodyRows(lines.slice(index + 2), columns) : [];
  });
}

function bodyRows<Column extends string>(
  lines: readonly string[],
  columns: readonly Column[],
): TableRow<Column>[] {
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(0, end === -1 ? lines.length : end).map((line) => {
    const cells = cellsOf(line);
    if (cells.length !== columns.length) {
      throw new Error(`a row has ${cells.length} cells, its table ${columns.length}: ${line}`);
    }
    return Object.fromEntries(
      columns.map((column, index) => [column, cells[index] ?? '']),
    ) as TableRow<Column>;
  });
}

function cellsOf(line: string): string[] {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());
}
