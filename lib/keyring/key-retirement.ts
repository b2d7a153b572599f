import { KeyringError } from '../errors/keyring.error.js';
import type { KeyState } from './key-entry.js';

/** What a consumer of keys answered about one. */
export interface KeyUse {
  /** The name of the consumer. */
  readonly consumer: string;
  /** How many things need the key. */
  readonly uses: number | 'unknown';
}

/**
 * Refuses to let a key go that creates, or that is none.
 *
 * @throws KeyringError `KEY_UNKNOWN`, `KEY_IN_USE`
 */
export function refuseUnfitState(id: string, state: KeyState | undefined): void {
  if (state === undefined) {
    const message = `no ring has the key ${JSON.stringify(id.slice(0, 32))}: the boot log lists the ids`;
    throw new KeyringError('KEY_UNKNOWN', message, { status: 404 });
  }
  if (state === 'primary') {
    const message = `the key "${id}" is a primary key: make another one primary first`;
    throw new KeyringError('KEY_IN_USE', message, { status: 409 });
  }
}

/**
 * Refuses to let a key go that is needed, or of which that is not known.
 *
 * @throws KeyringError `KEY_IN_USE`, `KEY_USAGE_UNKNOWN`; the message names who blocks
 */
export function refuseWhileUsed(id: string, answers: readonly KeyUse[]): void {
  const users = answers.filter(({ uses }) => isCount(uses) && uses > 0);
  const silent = answers.filter(({ uses }) => !isCount(uses));
  const blockers = [
    ...users.map(({ consumer, uses }) => `${consumer} has ${uses} uses of it`),
    ...silent.map(({ consumer }) => `${consumer} cannot tell`),
  ].join('; ');
  if (users.length > 0) {
    const message = `the key "${id}" is in use: ${blockers}. Move that to the primary key first`;
    throw new KeyringError('KEY_IN_USE', message, { status: 409 });
  }
  if (silent.length > 0) {
    const message = `whether the key "${id}" is in use is not known: ${blockers}. Let a counter answer in the place of each`;
    throw new KeyringError('KEY_USAGE_UNKNOWN', message, { status: 409 });
  }
}

/** Whatever is no count, such as NaN or the text '0', is no answer. */
function isCount(uses: unknown): uses is number {
  return typeof uses === 'number' && uses >= 0;
}
