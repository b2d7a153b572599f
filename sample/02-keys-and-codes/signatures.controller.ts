import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { HmacService } from 'nestjs-security';
import { fieldsOf, textOf } from './request-body.js';

const LONGEST_TEXT = 10_000;

/** Signs under the primary key, and verifies under every key that is not revoked. */
@Controller()
export class SignaturesController {
  constructor(private readonly hmac: HmacService) {}

  @Post('sign')
  @HttpCode(200)
  sign(@Body() body: unknown): { signature: string } {
    return { signature: this.hmac.sign(textOf(fieldsOf(body, ['text']), 'text', 1, LONGEST_TEXT)) };
  }

  @Post('verify')
  @HttpCode(200)
  verify(@Body() body: unknown): { valid: boolean } {
    const fields = fieldsOf(body, ['text', 'signature']);
    const text = textOf(fields, 'text', 1, LONGEST_TEXT);
    return { valid: this.hmac.verify(text, fields.get('signature')) };
  }
}
