import { HttpException } from '@nestjs/common';

/** Constants such as `ENC_TOKEN_EXPIRED`, `ECONNREFUSED`, `P2002`. Anything else may be a text of somebody's own. */
const CODE = /^[A-Z][A-Z0-9_]{1,63}$/;
const OTHERWISE = 500;

/**
 * Why a call failed, in one stable word: the code of the error when it has one in capitals, otherwise
 * `http-<status>`, as Nest answers it. Never the message.
 */
export function failureReason(error: unknown): string {
  const { code, statusCode } = fieldsOf(error);
  if (typeof code === 'string' && CODE.test(code)) return code;
  if (error instanceof HttpException) return `http-${error.getStatus()}`;
  return `http-${isErrorStatus(statusCode) ? statusCode : OTHERWISE}`;
}

function fieldsOf(error: unknown): { code?: unknown; statusCode?: unknown } {
  return typeof error === 'object' && error !== null ? error : {};
}

function isErrorStatus(status: unknown): status is number {
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status < 600;
}
