import { createHash } from 'node:crypto';
import type { KeyEntry } from 'nestjs-security';

/** A key for tests, the same for the same name. */
export function testSecret(name: string): string {
  return createHash('sha256').update(`nestjs-security test key ${name}`).digest('base64url');
}

/** An entry of `keys` for tests. */
export function testKey(id: string): KeyEntry {
  return { id, secret: testSecret(id) };
}
