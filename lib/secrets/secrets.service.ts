import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';

const DEFAULT_BYTES = 32;
const MAX_BYTES = 1024 * 1024;

/**
 * Makes random values for session ids, reset links, API keys and the like, from the operating system's
 * generator through `node:crypto`. Never use `Math.random` for any of these.
 *
 * @example
 * const resetToken = secrets.tokenUrlsafe(); // 43 characters, 256 bits
 */
@Injectable()
export class SecretsService {
  /**
   * Random bytes as base64url without padding: safe in URLs, headers and cookies.
   *
   * @param bytes how many random bytes, 0 to 1 MiB; the text has a third more characters
   * @default 32 bytes = 43 characters
   * @throws TypeError when `bytes` is no number, RangeError when it is out of bounds or no integer
   * @example
   * secrets.tokenUrlsafe(16).length; // 22
   */
  tokenUrlsafe(bytes: number = DEFAULT_BYTES): string {
    return this.tokenBytes(bytes).toString('base64url');
  }

  /**
   * Random bytes as lower-case hexadecimal digits, two a byte.
   *
   * @param bytes how many random bytes, 0 to 1 MiB
   * @default 32 bytes = 64 digits
   * @throws TypeError when `bytes` is no number, RangeError when it is out of bounds or no integer
   * @example
   * secrets.tokenHex(16).length; // 32
   */
  tokenHex(bytes: number = DEFAULT_BYTES): string {
    return this.tokenBytes(bytes).toString('hex');
  }

  /**
   * Random bytes.
   *
   * @param bytes how many, 0 to 1 MiB
   * @default 32
   * @throws TypeError when `bytes` is no number, RangeError when it is out of bounds or no integer
   * @example
   * const salt = secrets.tokenBytes(16);
   */
  tokenBytes(bytes: number = DEFAULT_BYTES): Buffer {
    if (typeof bytes !== 'number') throw new TypeError('the number of bytes must be a number');
    if (!Number.isInteger(bytes) || bytes < 0 || bytes > MAX_BYTES) {
      throw new RangeError(`the number of bytes must be a whole number from 0 to ${MAX_BYTES}`);
    }
    return randomBytes(bytes);
  }
}
