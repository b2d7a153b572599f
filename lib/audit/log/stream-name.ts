import { randomBytes } from 'node:crypto';

/** `<number>-<8 of 0-9 a-z>`: in order for people, and unique among all machines. */
export const STREAM_NAME = /^(0|[1-9]\d{0,5})-[0-9a-z]{8}$/;

/** A name that no other stream has: 40 random bits behind the number. */
export function newStreamName(number: number): string {
  return `${number}-${randomBytes(5).readUIntBE(0, 5).toString(36).padStart(8, '0')}`;
}
