import { Controller, Get, Header } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { urlOf } from './address.js';
import { CONTENT_SECURITY_POLICY, homePage } from './home.page.js';

/** Shows what can be tried. */
@Controller()
export class HomeController {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', CONTENT_SECURITY_POLICY)
  @Header('X-Content-Type-Options', 'nosniff')
  @Header('Referrer-Policy', 'no-referrer')
  page(): string {
    // From the server, not from the Host header, which whoever asks may choose.
    return homePage(urlOf(this.adapterHost.httpAdapter.getHttpServer()));
  }
}
