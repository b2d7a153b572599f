import type { EncryptionService, SqlClient } from 'nestjs-security';

/** A table `people (id bigint, iban text)` whose values are bound to their column and row. */
export class EncryptedTable {
  readonly #client: SqlClient;
  readonly name: string;

  constructor(client: SqlClient, name: string) {
    this.#client = client;
    this.name = name;
  }

  /** The context of a row, as the command writes it: `--context people.iban '{id}'`. */
  static contextOf(id: string): string[] {
    return ['people.iban', id];
  }

  /** Makes the table, with so many rows that hold `iban 1`, `iban 2`, and so on. */
  async fill(encryption: EncryptionService, rows: number): Promise<void> {
    await this.#client.query(`CREATE TABLE ${this.name} (id bigint PRIMARY KEY, iban text)`, []);
    const values = Array.from({ length: rows }, (_, index) => {
      const context = EncryptedTable.contextOf(`${index + 1}`);
      return encryption.seal(`iban ${index + 1}`, { context });
    });
    await this.#client.query(
      `INSERT INTO ${this.name} SELECT n, v FROM unnest($1::text[]) WITH ORDINALITY AS t(v, n)`,
      [values],
    );
  }

  /** How many values name this key. */
  async countUnder(keyId: string): Promise<number> {
    const { rows } = await this.#client.query(
      `SELECT count(*)::int AS count FROM ${this.name} WHERE iban LIKE $1`,
      [`f1.${keyId}.%`],
    );
    return Number(rows[0]?.['count']);
  }

  /** Opens every value; each entry is the id and the plaintext of a row, in the order of the ids. */
  async opened(encryption: EncryptionService): Promise<string[]> {
    const { rows } = await this.#client.query(
      `SELECT t.id::text, t.iban FROM ${this.name} AS t ORDER BY t.id`,
      [],
    );
    return rows.map(({ id, iban }) => {
      const context = EncryptedTable.contextOf(String(id));
      return `${String(id)} ${encryption.openToString(String(iban), { context })}`;
    });
  }

  /** What {@link EncryptedTable.opened} gives while no row is lost or changed. */
  static intact(rows: number): string[] {
    return Array.from({ length: rows }, (_, index) => `${index + 1} iban ${index + 1}`);
  }
}
