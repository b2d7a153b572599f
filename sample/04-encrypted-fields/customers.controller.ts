import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { CustomersService, type Customer } from './customers.service.js';
import type { CustomerRow } from './customers.table.js';
import { fieldsOf, textOf } from './request-body.js';

const LONGEST_NAME = 100;
const LONGEST_IBAN = 34;

/** Customers with an encrypted column. */
@Controller('customers')
export class CustomersController {
  constructor(private readonly customers: CustomersService) {}

  @Post()
  add(@Body() body: unknown): { id: string } {
    const fields = fieldsOf(body, ['name', 'iban']);
    const name = textOf(fields, 'name', 1, LONGEST_NAME);
    return { id: this.customers.add(name, textOf(fields, 'iban', 1, LONGEST_IBAN)) };
  }

  @Get('keys')
  keyUsage(): Record<string, number> {
    return this.customers.keyUsage();
  }

  @Get(':id')
  find(@Param('id') id: string): Customer {
    return this.customers.find(id);
  }

  /** The row as the database holds it. */
  @Get(':id/stored')
  stored(@Param('id') id: string): CustomerRow {
    return this.customers.rowOf(id);
  }

  /** Stands in for an UPDATE by somebody who has got at the database. */
  @Post(':id/copy-iban')
  @HttpCode(204)
  copyIban(@Param('id') id: string, @Body() body: unknown): void {
    this.customers.copyIban(textOf(fieldsOf(body, ['from']), 'from', 1, LONGEST_NAME), id);
  }
}
