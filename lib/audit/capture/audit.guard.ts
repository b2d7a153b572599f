import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { CallRecorder } from './call-recorder.service.js';

/** Lets a call through only if what it does can be recorded; put on a handler by {@link Audit}. */
@Injectable()
export class AuditGuard implements CanActivate {
  constructor(private readonly recorder: CallRecorder) {}

  /**
   * @throws AuditError `AUDIT_UNAVAILABLE` (503) when the log takes no record of a level of `audit.failClosed`
   * @throws SecurityConfigurationError `AUDIT_NOT_CONFIGURED` when there is no log at all
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.recorder.assertRecordable(context);
    return true;
  }
}
