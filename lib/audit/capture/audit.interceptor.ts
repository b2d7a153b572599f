import {
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { Observable } from 'rxjs';
import { CallRecorder } from './call-recorder.service.js';
import { concluded } from './concluded.js';

/** Records what became of a call; put on a handler by {@link Audit}. */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(private readonly recorder: CallRecorder) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const call = this.recorder.begin(context);
    return call
      ? concluded(
          call.run(() => next.handle()),
          (ending) => call.conclude(ending),
        )
      : next.handle();
  }
}
