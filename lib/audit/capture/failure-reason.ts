import { HttpException } from '@nestjs/common';

/** Constants such as `ENC_TOKEN_EXPIRED`, `ECONNREFUSED`, `P2002`. Anything else may be a text of somebody's own. */
const CODE = /^[A-Z][A-Z0-9_]{1,63}$/;
const OTHERWISE = 500;

/**
 * Why a call failed, in one stable word: the code of the error when it has one in capitals, otherwise
 * `http-<status>`, as Nest answers it. Never the message. Errors are anybody's: one that throws when it is read has
 * failed all the same.
 */
export function failureReason(error: unknown): string {
  try {
    return codeOf(error) ?? `http-${statusOf(error)}`;
  } catch {
    return `http-${OTHERWISE}`;
  }
}

function codeOf(error: unknown): string | undefined {
  const { code } = fieldsOf(error);
  return typeof code === 'string' && CODE.test(code) ? code : undefined;
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) {
    const status: unknown = error.getStatus();
    return isStatus(status, 100) ? status : OTHERWISE;
  }
  const { statusCode } = fieldsOf(error);
  return isStatus(statusCode, 400) ? statusCode : OTHERWISE;
}

function fieldsOf(error: unknown): { code?: unknown; statusCode?: unknown } {
  return typeof error === 'object' && error !== null ? error : {};
}

function isStatus(status: unknown, from: number): status is number {
  return typeof status === 'number' && Number.isInteger(status) && status >= from && status < 600;
}
