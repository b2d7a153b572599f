import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common';
import { EncryptionService, type RingEncryption } from 'nestjs-security';
import { z } from 'zod';
import { CustomersService, type Customer } from './customers.service.js';
import { fieldsOf, textOf } from './request-body.js';

/** The injection token of the number of seconds for which a link opens. */
export const LINK_SECONDS = Symbol('link-seconds');

const contents = z.strictObject({ customer: z.string() });

/** Links that open for a while, under a ring of their own: no stored value is ever taken for one. */
@Controller('links')
export class LinksController {
  readonly #links: RingEncryption;

  constructor(
    encryption: EncryptionService,
    private readonly customers: CustomersService,
    @Inject(LINK_SECONDS) private readonly ttlSeconds: number,
  ) {
    this.#links = encryption.ring('links');
  }

  @Post()
  make(@Body() body: unknown): { path: string } {
    const customer = textOf(fieldsOf(body, ['customer']), 'customer', 1, 100);
    this.customers.rowOf(customer);
    return { path: `/links?token=${this.#links.encrypt(JSON.stringify({ customer }))}` };
  }

  /** A forged link is answered 400, and so is an old one. In a path, Fastify takes 100 characters only. */
  @Get()
  open(@Query('token') token: string): Customer {
    const { ttlSeconds } = this;
    const { customer } = this.#links.decryptJson(token, { ttlSeconds, schema: contents });
    return this.customers.find(customer);
  }
}
