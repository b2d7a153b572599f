import { Controller, Get, Header, Param } from '@nestjs/common';
import { HmacService, SignedUrl } from 'nestjs-security';

/** A file that whoever has its link may read for five minutes. */
@Controller('reports')
export class ReportsController {
  constructor(private readonly hmac: HmacService) {}

  @Get(':name/link')
  link(@Param('name') name: string): { url: string } {
    const options = { params: { name }, ttlSeconds: 300 };
    return { url: this.hmac.signRoute(ReportsController, 'download', options) };
  }

  @Get(':name')
  @SignedUrl({ purpose: 'download-report' })
  @Header('Content-Type', 'text/csv; charset=utf-8')
  download(@Param('name') name: string): string {
    return `report,total\n${name.replaceAll(/[^\w-]/g, '')},42\n`;
  }
}
