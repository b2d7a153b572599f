import { refuseWhileUsed, type KeyUse } from './key-retirement.js';

/**
 * Something that needs keys later than it was made: stored values, signatures that were handed out.
 *
 * @example
 * keyring.consumers.register({ name: 'hmac', countUses: async (keyId) => invoices.countSignedUnder(keyId) });
 */
export interface KeyConsumer {
  /** Names it in messages; one that was declared under this name is answered for. */
  readonly name: string;
  /**
   * How many things need the key still.
   *
   * @returns `unknown` when that cannot be told, which blocks the removal of the key
   */
  countUses(keyId: string): Promise<number | 'unknown'>;
}

/**
 * Who needs the keys of a ring. A feature that cannot count what it made declares itself, and answers
 * `unknown` until somebody who can count registers under its name.
 */
export class KeyConsumers {
  readonly #byName = new Map<string, KeyConsumer>();

  /** Notes that a feature needs keys and cannot count what needs them. */
  declare(name: string): void {
    if (!this.#byName.has(name)) this.#byName.set(name, { name, countUses: async () => 'unknown' });
  }

  /** Lets a consumer answer under its name, from now on. */
  register(consumer: KeyConsumer): void {
    this.#byName.set(consumer.name, consumer);
  }

  /**
   * Asks every consumer whether it needs a key.
   *
   * @param known answers that need not be asked for, each in the place of the consumer of that name
   * @throws KeyringError `KEY_IN_USE` when one needs it, `KEY_USAGE_UNKNOWN` when one cannot tell; names each
   */
  async assertUnused(keyId: string, known: readonly KeyUse[] = []): Promise<void> {
    const answered = new Set(known.map(({ consumer }) => consumer));
    const asked = [...this.#byName.values()]
      .filter(({ name }) => !answered.has(name))
      .toSorted(byName);
    const answers = await Promise.all(asked.map((consumer) => answerOf(consumer, keyId)));
    refuseWhileUsed(keyId, [...known, ...answers]);
  }
}

/** The features declare themselves in the order in which they happen to start: a message must not vary by it. */
function byName(a: KeyConsumer, b: KeyConsumer): number {
  return a.name < b.name ? -1 : 1;
}

/** One that fails cannot tell. What it threw may hold anything, and is not shown. */
async function answerOf(consumer: KeyConsumer, keyId: string): Promise<KeyUse> {
  try {
    return { consumer: consumer.name, uses: await consumer.countUses(keyId) };
  } catch {
    return { consumer: consumer.name, uses: 'unknown' };
  }
}
