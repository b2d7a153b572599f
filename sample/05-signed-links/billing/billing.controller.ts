import { Body, Controller, Post, UseGuards } from '@nestjs/common';
import { fieldsOf, textOf } from '../request-body.js';
import { SignedRequestGuard } from './signed-request.guard.js';

/** The other service. That it runs in the same process makes no difference. */
@Controller('billing')
export class BillingController {
  @Post('invoices')
  @UseGuards(SignedRequestGuard)
  create(@Body() body: unknown): { invoiceFor: string } {
    return { invoiceFor: textOf(fieldsOf(body, ['order']), 'order', 1, 40) };
  }
}
