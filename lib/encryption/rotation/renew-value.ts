import { timingSafeEqual } from 'node:crypto';
import type { EncryptionService } from '../encryption.service.js';
import { refusalOf } from './refusal-of.js';
import type { RotationFailureReason } from './rotation-report.js';
import type { RotationRow } from './rotation-source.js';

/** What became of a value. */
export type Renewal =
  | { readonly state: 'alreadyCurrent' }
  | { readonly state: 'renewed'; readonly oldValue: string; readonly newValue: string }
  | { readonly state: 'refused'; readonly reason: RotationFailureReason };

type Encryption = Pick<EncryptionService, 'decryptDetailed' | 'rotate'>;

/**
 * Encrypts a value again under the primary key, unless that made it already. The new value is opened again:
 * it is given only when it holds the same plaintext and the same time.
 *
 * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
 */
export function renewValue(encryption: Encryption, row: RotationRow): Renewal {
  const { value } = row;
  if (typeof value !== 'string') return { state: 'refused', reason: 'not-text' };
  try {
    const old = encryption.decryptDetailed(value, { ...keysOf(row), allowRevokedKey: true });
    if (!old.needsRotation) return { state: 'alreadyCurrent' };
    const newValue = encryption.rotate(value, keysOf(row));
    return isSame(encryption, newValue, row, old)
      ? { state: 'renewed', oldValue: value, newValue }
      : { state: 'refused', reason: 'not-verified' };
  } catch (error) {
    return { state: 'refused', reason: refusalOf(error) };
  }
}

/** What the keys of a row depend on. */
export function keysOf({ context, ring }: RotationRow) {
  return { ...(context !== undefined && { context }), ...(ring !== undefined && { ring }) };
}

function isSame(
  encryption: Encryption,
  newValue: string,
  row: RotationRow,
  old: ReturnType<Encryption['decryptDetailed']>,
): boolean {
  try {
    const opened = encryption.decryptDetailed(newValue, keysOf(row));
    return (
      !opened.needsRotation &&
      opened.createdAt === old.createdAt &&
      opened.plaintext.length === old.plaintext.length &&
      timingSafeEqual(opened.plaintext, old.plaintext)
    );
  } catch (error) {
    refusalOf(error);
    return false;
  }
}
