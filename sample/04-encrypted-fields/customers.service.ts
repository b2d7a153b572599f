import { ConflictException, Inject, Injectable, NotFoundException } from '@nestjs/common';
import {
  EncryptionError,
  EncryptionService,
  parseSealed,
  type BoundEncryption,
} from 'nestjs-security';
import { randomUUID } from 'node:crypto';
import { CustomersTable, type CustomerRow } from './customers.table.js';

/** A customer as the application knows one. */
export interface Customer {
  readonly id: string;
  readonly name: string;
  readonly iban: string;
}

/** Seals and opens the column `iban`. */
@Injectable()
export class CustomersService {
  constructor(
    @Inject(CustomersTable) private readonly table: CustomersTable,
    private readonly encryption: EncryptionService,
  ) {}

  /** Adds a customer. The id comes first, since the value is sealed for it. */
  add(name: string, iban: string): string {
    const id = randomUUID();
    this.table.save({ id, name, iban: this.#ibanOf(id).seal(iban) });
    return id;
  }

  /**
   * Opens a customer, and seals the value anew when its key is no longer the primary one.
   *
   * @throws NotFoundException for an unknown id
   * @throws ConflictException when the stored value is not that of this row and column
   */
  find(id: string): Customer {
    const row = this.rowOf(id);
    const iban = this.#ibanOf(id);
    try {
      if (iban.needsRotation(row.iban)) {
        row.iban = iban.rotate(row.iban);
        this.table.save(row);
      }
      return { id, name: row.name, iban: iban.openToString(row.iban) };
    } catch (error) {
      if (!(error instanceof EncryptionError)) throw error;
      throw new ConflictException('the stored IBAN is not the one of this customer');
    }
  }

  /** What somebody can do who may write to the database and has no key. */
  copyIban(from: string, to: string): void {
    const { iban } = this.rowOf(from);
    this.table.save({ ...this.rowOf(to), iban });
  }

  /** How many values each key has sealed, without opening any. */
  keyUsage(): Record<string, number> {
    const usage = new Map<string, number>();
    for (const { iban } of this.table.all()) {
      const id = parseSealed(iban)?.keyId ?? 'none';
      usage.set(id, (usage.get(id) ?? 0) + 1);
    }
    return Object.fromEntries(usage);
  }

  /** @throws NotFoundException for an unknown id */
  rowOf(id: string): CustomerRow {
    const row = this.table.find(id);
    if (!row) throw new NotFoundException();
    return row;
  }

  #ibanOf(id: string): BoundEncryption {
    return this.encryption.bind(['customers.iban', id]);
  }
}
