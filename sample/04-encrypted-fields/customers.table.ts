import { readFileSync, existsSync, renameSync, writeFileSync } from 'node:fs';
import { StartupError } from './settings.js';

/** A row as it is stored. */
export interface CustomerRow {
  readonly id: string;
  readonly name: string;
  /** Sealed, for this row and this column. */
  iban: string;
}

/** The table, in memory and in one JSON file: stands in for a database. One process at a time. */
export class CustomersTable {
  readonly #rows: Map<string, CustomerRow>;

  /** @throws StartupError when the file holds anything but rows */
  constructor(private readonly path: string) {
    this.#rows = new Map(readRows(path).map((row) => [row.id, row]));
  }

  /** All rows, as they are stored. */
  all(): readonly CustomerRow[] {
    return [...this.#rows.values()];
  }

  /** The row of an id. */
  find(id: string): CustomerRow | undefined {
    return this.#rows.get(id);
  }

  /** Adds a row, or changes it. */
  save(row: CustomerRow): void {
    this.#rows.set(row.id, row);
    const unfinished = `${this.path}.new`;
    writeFileSync(unfinished, `${JSON.stringify(this.all(), undefined, 2)}\n`, { mode: 0o600 });
    renameSync(unfinished, this.path);
  }
}

function readRows(path: string): CustomerRow[] {
  if (!existsSync(path)) return [];
  const rows = parse(readFileSync(path, 'utf8'));
  if (Array.isArray(rows) && rows.every(isRow)) return rows;
  throw new StartupError(`${path} is damaged: put it back from a backup, or move it away.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRow(value: unknown): value is CustomerRow {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  return ['id', 'name', 'iban'].every((name) => typeof fields.get(name) === 'string');
}
