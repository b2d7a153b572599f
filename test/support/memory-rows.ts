import {
  iterableSource,
  type IterableSourceOptions,
  type RotationRow,
  type RotationSource,
} from 'nestjs-security';

/** A row of a table in memory. */
export interface MemoryRow {
  value: unknown;
  readonly context?: string | readonly string[];
  readonly ring?: string;
}

/** A table in memory, its rows in the order in which they came. */
export class MemoryRows {
  readonly rows = new Map<string, MemoryRow>();
  /** Every swap that was asked for. */
  readonly swaps: { cursor: string; oldValue: string; newValue: string }[] = [];
  /** Called before each swap: where another user of the table comes in between. */
  beforeSwap: (cursor: string) => void | Promise<void> = () => undefined;

  constructor(rows: readonly (MemoryRow | string | null)[]) {
    for (const [index, row] of rows.entries()) {
      const isValue = typeof row === 'string' || row === null;
      this.rows.set(String(index + 1), isValue ? { value: row } : { ...row });
    }
  }

  /** The values, in order. */
  get values(): unknown[] {
    return Array.from(this.rows.values(), ({ value }) => value);
  }

  /** The table as a source. */
  source(options: Partial<IterableSourceOptions> = {}): RotationSource {
    return iterableSource({
      name: 'memory',
      rows: (after) => this.#read(after),
      reread: async ({ cursor }) => this.#row(cursor),
      swap: async ({ cursor }, oldValue, newValue) => {
        this.swaps.push({ cursor, oldValue, newValue });
        await this.beforeSwap(cursor);
        const row = this.rows.get(cursor);
        if (row?.value !== oldValue) return false;
        row.value = newValue;
        return true;
      },
      count: async (after) =>
        [...this.rows.keys()].filter((cursor) => isBehind(cursor, after)).length,
      ...options,
    });
  }

  async *#read(after: string | undefined): AsyncIterable<RotationRow> {
    for (const cursor of this.rows.keys()) {
      const row = isBehind(cursor, after) ? this.#row(cursor) : undefined;
      if (row) yield row;
    }
  }

  #row(cursor: string): RotationRow | undefined {
    const row = this.rows.get(cursor);
    return row && { cursor, ...row };
  }
}

function isBehind(cursor: string, after: string | undefined): boolean {
  return after === undefined || Number(cursor) > Number(after);
}
