import { systemErrorCode } from '../common/system-error-code.js';
import { ReplayError } from '../errors/replay.error.js';

/** The error of a Redis that does not answer. */
export function redisSilence(timeoutMs: number): ReplayError {
  return failed(`no answer within ${timeoutMs} ms`);
}

/**
 * The error of a replay store for what a client threw. Only codes are taken over: the errors of clients hold
 * the command with its arguments.
 */
export function redisFailure(error: unknown): ReplayError {
  if (error instanceof ReplayError) return error;
  const code = replyCode(error) ?? systemErrorCode(error);
  if (code !== 'OOM') return failed(code);
  const message = 'Redis has no memory left for RedisReplayStore: raise its maxmemory';
  return new ReplayError('MAC_REPLAY_STORE_FULL', message, { status: 503 });
}

/** The word in capitals with which an error of the server begins: `OOM`, `READONLY`, `NOAUTH`. */
function replyCode(error: unknown): string | undefined {
  const message =
    typeof error === 'object' && error !== null && 'message' in error ? error.message : undefined;
  return typeof message === 'string' ? /^[A-Z]{2,20}(?= )/.exec(message)?.[0] : undefined;
}

function failed(reason: string): ReplayError {
  const message = `RedisReplayStore cannot ask Redis (${reason}): check that the client is connected to a server that may be written`;
  return new ReplayError('MAC_REPLAY_STORE_FAILED', message, { status: 503 });
}
