import { Body, Controller, Inject, Post } from '@nestjs/common';
import { HmacService, type RequestKey } from 'nestjs-security';
import { SHOP_KEY } from './billing/shop-key.js';
import { OWN_ORIGIN } from './own-origin.js';
import { fieldsOf, textOf } from './request-body.js';

/** The shop, which asks the billing service for an invoice. */
@Controller('orders')
export class OrdersController {
  constructor(
    private readonly hmac: HmacService,
    @Inject(SHOP_KEY) private readonly key: RequestKey,
    @Inject(OWN_ORIGIN) private readonly billingOrigin: string,
  ) {}

  @Post()
  async order(@Body() body: unknown): Promise<{ billingSaid: number; answer: unknown }> {
    const order = textOf(fieldsOf(body, ['order']), 'order', 1, 40);
    const url = `${this.billingOrigin}/billing/invoices`;
    const headers = { 'content-type': 'application/json' };
    const request = { method: 'POST', url, headers, body: JSON.stringify({ order }) };
    const signature = this.hmac.signRequest(request, { key: this.key });
    const answer = await fetch(url, { ...request, headers: { ...headers, ...signature } });
    return { billingSaid: answer.status, answer: await answer.json() };
  }
}
