import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import { AuditService } from 'nestjs-security';

/** What this needs of a response, alike on Express and Fastify. */
interface StatusResponse {
  status(code: number): unknown;
}

/** For a load balancer: an instance that cannot record should get no requests. */
@Controller('health')
export class HealthController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  health(@Res({ passthrough: true }) response: StatusResponse): object {
    const { status, reasons, durableSeq, signedSize, anchors } = this.audit.health();
    if (status === 'failing') response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return {
      status,
      reasons,
      records: durableSeq,
      signed: signedSize,
      anchored: anchors.map(({ size = 0, error }) => ({ size, ...(error && { error }) })),
    };
  }
}
